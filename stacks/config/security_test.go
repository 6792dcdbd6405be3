package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

func secured(t *testing.T, security string, more map[string]string) (Config, error) {
	t.Helper()
	config, err := Parse(merged(good["combined"], merged(map[string]string{"kafka-kraft:security": security}, more)))
	if err != nil {
		return config, err
	}
	return config, config.Validate()
}

func TestSecurityThatWorks(t *testing.T) {
	for security, want := range map[string]string{
		`{}`:                         "PLAINTEXT",
		`{"encryption":"offered"}`:   "PLAINTEXT",
		`{"encryption":"preferred"}`: "REPLICATION",
		`{"encryption":"required","authentication":["mtls"],"authorization":"closed","superUsers":["User:alice"],"certificates":{"lifetime":"24h","caLifetime":"72h","hosts":["*.example.com","192.0.2.1"]}}`: "REPLICATION",
		`{"encryption":"offered","authentication":["mtls","scram"]}`:                       "PLAINTEXT",
		`{"encryption":"required","authentication":["scram"],"authorization":"closed"}`:    "REPLICATION",
		`{"encryption":"required","certificates":{"source":"secret","secretName":"mine"}}`: "REPLICATION",
	} {
		config, err := secured(t, security, nil)
		require.NoError(t, err, security)
		assert.Equal(t, want, config.Plan().InterBroker().Name, security)
		require.NoError(t, config.Plan().Check(), security)
	}
}

// Everything that is wrong is said at once, by its key.
func TestSecurityThatCannotBe(t *testing.T) {
	for security, says := range map[string][]string{
		`{"encryption":"tls"}`:                                                                                       {"security.encryption: \"tls\": must be none, offered, preferred or required"},
		`{"encryption":"offered","authentication":["oauth"]}`:                                                        {"security.authentication[0]: \"oauth\": must be mtls or scram"},
		`{"encryption":"preferred","authorization":"closed"}`:                                                        {"security.authorization: \"closed\": needs security.encryption required", "needs security.authentication mtls or scram"},
		`{"authentication":["mtls","scram"]}`:                                                                        {"security.authentication", "is of no use with security.encryption none: leave it out, or begin with offered"},
		`{"authorization":"half"}`:                                                                                   {"security.authorization: \"half\": must be open, warn or closed"},
		`{"authentication":["mtls"]}`:                                                                                {"security.authentication", "is of no use with security.encryption none"},
		`{"certificates":{"lifetime":"2h"}}`:                                                                         {"security.certificates.lifetime", "is of no use with security.encryption none"},
		`{"encryption":"required","superUsers":["User:alice"]}`:                                                      {"security.superUsers", "is of no use with security.authorization open"},
		`{"encryption":"offered","certificates":{"source":"secret"}}`:                                                {"security.certificates.secretName: must be the name of a Secret"},
		`{"encryption":"offered","certificates":{"secretName":"x"}}`:                                                 {"security.certificates.secretName: \"x\": is of no use with source pulumi"},
		`{"encryption":"offered","certificates":{"source":"vault"}}`:                                                 {"security.certificates.source: \"vault\": must be pulumi or secret"},
		`{"encryption":"offered","certificates":{"source":"secret","secretName":"x","lifetime":"2h"}}`:               {"security.certificates.lifetime", "is for whoever makes the Secret"},
		`{"encryption":"offered","certificates":{"lifetime":"48h","caLifetime":"72h","hosts":["a b","10.0.0.256"]}}`: {"must be at least three times lifetime (48h)", "hosts[0]: \"a b\"", "hosts[1]: \"10.0.0.256\""},
		`{"encryption":"offered","certificates":{"lifetime":"1m"}}`:                                                  {"security.certificates.lifetime: \"1m\": must be a duration from 1h to 87600h"},
		`{"encryption":"required","authentication":["mtls"],"authorization":"warn","superUsers":["alice","User:a;b","User:ANONYMOUS"]}`: {"superUsers[0]: \"alice\"", "superUsers[1]", "superUsers[2]"},
	} {
		_, err := secured(t, security, nil)
		for _, part := range says {
			require.ErrorContains(t, err, part, security)
		}
		require.ErrorContains(t, err, "nothing was changed")
	}
	broker := map[string]string{"kafka-kraft:broker": `{"properties":{"ssl.keystore.location":"/x"}}`}
	_, err := secured(t, `{"encryption":"offered"}`, broker)
	require.ErrorContains(t, err, "kafka-kraft:broker.properties.ssl.keystore.location: \"/x\": is set by this program where nodes have certificates")
	_, err = secured(t, `{}`, broker)
	require.NoError(t, err, "without certificates it is free, as it always was")
}

// A living cluster goes one step at a time, and the message names the next one.
func TestEncryptionOfALivingCluster(t *testing.T) {
	at := func(e topology.Encryption) Config {
		config := Default()
		config.Security.Encryption = e
		return config
	}
	for _, c := range []struct {
		was, is topology.Encryption
		says    string
	}{
		{topology.None, topology.None, ""},
		{topology.None, topology.Offered, ""},
		{topology.None, topology.Preferred, "set it to offered and run up"},
		{topology.None, topology.Required, "set it to offered and run up"},
		{topology.Offered, topology.None, ""},
		{topology.Offered, topology.Preferred, ""},
		{topology.Offered, topology.Required, "set it to preferred and run up"},
		{topology.Preferred, topology.None, "set it to offered and run up"},
		{topology.Preferred, topology.Required, ""},
		{topology.Required, topology.Preferred, "cannot be changed on a live cluster that has required"},
		{topology.Required, topology.Required, ""},
	} {
		problems := at(c.is).Securing(at(c.was).Record())
		if c.says == "" {
			assert.Empty(t, problems, "%s to %s", c.was, c.is)
		} else {
			require.ErrorContains(t, problems.Err(), c.says, "%s to %s", c.was, c.is)
		}
		assert.Empty(t, at(c.is).Securing(""), "a new cluster begins anywhere")
	}
	assert.NotContains(t, at(topology.None).Record(), "encryption", "records of clusters without stay as they were")
	assert.Equal(t, topology.Preferred, EncryptionOf(at(topology.Preferred).Record()))
	require.ErrorContains(t, at(topology.None).Securing("topology=combined&security.encryption=other").Err(), "does not know")
}

// Passwords come beside certificates, which this program has: whoever asks for passwords alone
// lets nobody in without saying who it is.
func TestPasswordsComeBesideCertificates(t *testing.T) {
	for security, scram := range map[string]bool{
		`{"encryption":"required","authentication":["mtls"]}`:         false,
		`{"encryption":"required","authentication":["scram"]}`:        true,
		`{"encryption":"required","authentication":["scram","mtls"]}`: true,
	} {
		config, err := secured(t, security, nil)
		require.NoError(t, err, security)
		plan := config.Plan()
		assert.Equal(t, topology.MutualTLS, plan.Authentication, security)
		assert.Equal(t, scram, plan.SCRAMBootstrapServers() != "", security)
	}
}
