package config

import (
	"slices"
	"strconv"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/internal/username"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Access is what the user may do.
func (u User) Access() acl.Access {
	access := acl.Access{
		Produce: u.Produce, Consume: acl.Consume(u.Consume), Transactional: u.Transactional, Streams: u.Streams,
	}
	for _, rule := range u.ACLs {
		access.Rules = append(access.Rules, acl.Rule(rule))
	}
	return access
}

// MakesSecret reports whether the user gets a Secret. One with a certificate of somebody else's CA
// gets it from there.
func (c Config) MakesSecret(u User) bool {
	return u.Authentication != string(topology.MutualTLS) || c.Security.Certificates.Source != SecretCertificates
}

func (c Config) checkUsers(p *Problems) {
	for name, user := range sorted(c.Users) {
		path := "users." + name
		if problem := username.Problem(name, c.userSecret(name)); problem != "" {
			p.add(path, "", "%s", problem)
		}
		if c.Security.Encryption == topology.None {
			p.add(path, "", "needs TLS: set security.encryption to offered or more, and say in security.authentication how users come in; to go back to none, take the users out one up earlier")
		} else {
			c.checkAuthentication(p, path, user)
		}
		c.checkPassword(p, path, name, user)
		c.checkAccess(p, path, name, user)
		c.checkUserQuotas(p, path, name, user.Quotas)
	}
}

// checkAuthentication asks for a listener that the user can come in by.
func (c Config) checkAuthentication(p *Problems, path string, user User) {
	path += ".authentication"
	switch way := topology.Authentication(user.Authentication); way {
	case topology.SCRAM, topology.MutualTLS:
		if !c.asksFor(way) {
			p.add(path, user.Authentication, "needs %s in security.authentication, too", way)
		}
	default:
		p.add(path, user.Authentication, "must be %s or %s", topology.SCRAM, topology.MutualTLS)
	}
}

// userSecret is what the Secret of a user is called.
func (c Config) userSecret(name string) string {
	return topology.Plan{Name: c.ClusterName}.UserSecret(name)
}

func (c Config) checkPassword(p *Problems, path, name string, user User) {
	given, renew := user.PasswordSecret, user.RenewPassword
	if user.Authentication == string(topology.MutualTLS) {
		for key, value := range sorted(map[string]string{"passwordSecret": given, "renewPassword": renew}) {
			if value != "" {
				p.add(path+"."+key, value, "is of no use with authentication %s: leave it out", topology.MutualTLS)
			}
		}
		return
	}
	if given == "" {
		return
	}
	switch {
	case invalid(validation.IsDNS1123Subdomain(given)) != "":
		p.add(path+".passwordSecret", given, "must be the name of a Secret in the namespace, with the key password")
	case given == c.userSecret(name):
		p.add(path+".passwordSecret", given, "is the name of the Secret that is made for the user: give the password in another one")
	}
	if renew != "" {
		p.add(path+".renewPassword", renew, "is for a password that is made here, and passwordSecret says whose it is: leave one of them out")
	}
}

func (c Config) checkAccess(p *Problems, path, name string, user User) {
	access := user.Access()
	for _, problem := range access.Problems() {
		p.add(path+"."+problem.Path, problem.Value, "%s", problem.Want)
	}
	if access.Empty() {
		return
	}
	if c.Security.Authorization == topology.Open {
		p.add(path, "", "says what it may do, which is of no use with security.authorization open, where everybody may do everything: leave it out, or use warn or closed")
	}
	if slices.Contains(c.Security.SuperUsers, "User:"+name) {
		p.add(path, "", "says what it may do, and security.superUsers lets it do everything: leave one of them out")
	}
}

func (c Config) checkUserQuotas(p *Problems, path, name string, quotas UserQuotas) {
	if quotas == (UserQuotas{}) {
		return
	}
	path += ".quotas"
	checkQuantity(p, path+".producerByteRate", quotas.ProducerByteRate, "1", false)
	checkQuantity(p, path+".consumerByteRate", quotas.ConsumerByteRate, "1", false)
	for key, value := range sorted(map[string]float64{
		"requestPercentage": quotas.RequestPercentage, "controllerMutationRate": quotas.ControllerMutationRate,
	}) {
		if value < 0 {
			p.add(path+"."+key, strconv.FormatFloat(value, 'f', -1, 64), "must be more than 0, or 0 for no limit")
		}
	}
	for other, quota := range sorted(c.Quotas) {
		if quota.User == name && quota.ClientID == "" {
			p.add(path, "", "limits the same clients as quotas.%s: take that out in one up, and say all limits here in the next", other)
		}
	}
}
