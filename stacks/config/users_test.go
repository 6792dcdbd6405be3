package config

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const withPasswords = `{"encryption":"required","authentication":["mtls","scram"],"authorization":"closed","superUsers":["User:root"]}`

func TestUsersThatWork(t *testing.T) {
	config, err := secured(t, withPasswords, map[string]string{"kafka-kraft:users": `{
		"orders":{"authentication":"scram","produce":["orders-*"],"quotas":{"producerByteRate":"1Mi"}},
		"given":{"authentication":"scram","passwordSecret":"theirs"},
		"root":{"authentication":"mtls"}}`})
	require.NoError(t, err)
	assert.Len(t, config.Users["orders"].Access().ACLs(), 2)
	_, err = secured(t, `{"encryption":"offered","authentication":["scram"]}`, map[string]string{"kafka-kraft:users": `{"orders":{"authentication":"scram"}}`})
	require.NoError(t, err, "before anything is authorized")
}

// Everything that is wrong is said at once, by its key.
func TestUsersThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		security, users string
		says            []string
	}{
		"plaintext":     {`{}`, `{"a":{"authentication":"scram"}}`, []string{"users.a: needs TLS: set security.encryption", "to go back to none, take the users out one up earlier"}},
		"names":         {withPasswords, `{"kafka-admin":{"authentication":"scram"},"A":{"authentication":"scram"}}`, []string{"users.kafka-admin: is the name of the cluster's own", "users.A: must be lower-case letters"}},
		"no way":        {withPasswords, `{"a":{}}`, []string{"users.a.authentication: must be scram or mtls"}},
		"another way":   {withPasswords, `{"a":{"authentication":"oauth"}}`, []string{`users.a.authentication: "oauth": must be scram or mtls`}},
		"no passwords":  {`{"encryption":"required","authentication":["mtls"]}`, `{"a":{"authentication":"scram"}}`, []string{"needs scram in security.authentication, too"}},
		"no mtls":       {`{"encryption":"required","authentication":["scram"]}`, `{"a":{"authentication":"mtls"}}`, []string{"needs mtls in security.authentication, too"}},
		"a password":    {withPasswords, `{"a":{"authentication":"mtls","passwordSecret":"x","renewPassword":"1"}}`, []string{"users.a.passwordSecret: \"x\": is of no use with authentication mtls", "users.a.renewPassword"}},
		"two passwords": {withPasswords, `{"a":{"authentication":"scram","passwordSecret":"X","renewPassword":"1"}}`, []string{"users.a.passwordSecret: \"X\": must be the name of a Secret", "users.a.renewPassword: \"1\": is for a password that is made here"}},
		"its own":       {withPasswords, `{"a":{"authentication":"scram","passwordSecret":"kafka-user-a"}}`, []string{"is the name of the Secret that is made for the user"}},
		"access":        {withPasswords, `{"a":{"authentication":"scram","produce":["a b"],"acls":[{"resource":"x"}]}}`, []string{"users.a.produce[0]: \"a b\": must be letters", "users.a.acls[0].resource: \"x\": must be one of cluster, group, topic, transactionalId"}},
		"open":          {`{"encryption":"required","authentication":["scram"]}`, `{"a":{"authentication":"scram","produce":["x"]}}`, []string{"users.a: says what it may do, which is of no use with security.authorization open"}},
		"super user":    {withPasswords, `{"root":{"authentication":"scram","produce":["x"]}}`, []string{"users.root: says what it may do, and security.superUsers lets it do everything"}},
		"quotas":        {withPasswords, `{"a":{"authentication":"scram","quotas":{"producerByteRate":"x","requestPercentage":-1}}}`, []string{"users.a.quotas.producerByteRate: \"x\"", "users.a.quotas.requestPercentage: \"-1\": must be more than 0"}},
		"unknown":       {withPasswords, `{"a":{"authentication":"scram","produces":["x"]}}`, []string{"users.a.produces: unknown key; did you mean produce?"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := secured(t, c.security, map[string]string{"kafka-kraft:users": c.users})
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
	_, err := secured(t, withPasswords, map[string]string{
		"kafka-kraft:users":  `{"a":{"authentication":"scram","quotas":{"producerByteRate":"1Mi"}}}`,
		"kafka-kraft:quotas": `{"mine":{"user":"a","consumerByteRate":"1Mi"},"other":{"user":"a","clientId":"c","consumerByteRate":"1Mi"}}`,
	})
	require.ErrorContains(t, err, "users.a.quotas: limits the same clients as quotas.mine: take that out in one up, and say all limits here in the next")
	assert.Equal(t, 1, strings.Count(err.Error(), "limits the same clients"))
}
