package users

import (
	"encoding/base64"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/clientconfig"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Keys of a user's Secret besides PasswordKey, those that Strimzi's users have among them.
const (
	LoginKey         = "sasl.jaas.config"      // with a password
	CertificateKey   = "user.crt"              // with a certificate
	KeyKey           = "user.key"              // PKCS#8
	AuthoritiesKey   = contract.TLSAuthorities // where the CA is made here
	ClientProperties = clientconfig.Key        // all that Kafka's own clients need, in one file
)

// byPassword are the files of a user with a password.
func (a Args) byPassword(password pulumi.StringOutput) pulumi.StringMap {
	plan, trusted := a.Cluster.Plan, a.Cluster.CACertificate
	properties := pulumi.All(password, trusted).ApplyT(func(known []any) string {
		word, _ := known[0].(string)
		lines := []clientconfig.Line{
			{"bootstrap.servers", plan.SCRAMBootstrapServers()}, {"security.protocol", "SASL_SSL"},
			{"sasl.mechanism", "SCRAM-SHA-512"}, {"sasl.jaas.config", clientconfig.Login(a.Name, word)},
		}
		if ca, _ := known[1].(*string); ca != nil {
			lines = append(lines, clientconfig.Trust(*ca)...)
		}
		return clientconfig.Text(lines...)
	}).(pulumi.StringOutput)
	files := pulumi.StringMap{
		PasswordKey: encoded(password),
		LoginKey: encoded(password.ApplyT(func(word string) string {
			return clientconfig.Login(a.Name, word)
		}).(pulumi.StringOutput)),
		ClientProperties: encoded(properties),
	}
	if a.Cluster.Certificates != nil {
		files[AuthoritiesKey] = encoded(a.Cluster.Certificates.CA)
	}
	return files
}

// byCertificate are the files of a user with a certificate of the stack's own CA.
func (a Args) byCertificate() pulumi.StringMap {
	plan, own := a.Cluster.Plan, a.Cluster.Certificates.Client(a.Name)
	file := func(key string) pulumi.StringOutput { return own.MapIndex(pulumi.String(key)) }
	properties := own.ApplyT(func(files map[string]string) string {
		lines := []clientconfig.Line{{"bootstrap.servers", plan.TLSBootstrapServers()}, {"security.protocol", "SSL"}}
		lines = append(lines, clientconfig.Certificate(files[contract.TLSCertificate], files[contract.TLSKey])...)
		return clientconfig.Text(append(lines, clientconfig.Trust(files[contract.TLSAuthorities])...)...)
	}).(pulumi.StringOutput)
	return pulumi.StringMap{
		CertificateKey: encoded(file(contract.TLSCertificate)), KeyKey: encoded(file(contract.TLSKey)),
		AuthoritiesKey: encoded(file(contract.TLSAuthorities)), ClientProperties: encoded(properties),
	}
}

// encoded is a text as Secrets have it. What is secret stays so.
func encoded(text pulumi.StringOutput) pulumi.StringOutput {
	return text.ApplyT(func(plain string) string { return base64.StdEncoding.EncodeToString([]byte(plain)) }).(pulumi.StringOutput)
}
