package users_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/users"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	plugin "github.com/kafka-kraft/kafka-kraft/plugin/users"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func secured() topology.Plan {
	return topology.Plan{Name: "k", Namespace: "n", Encryption: topology.Required, Authentication: topology.MutualTLS, SCRAM: true}.
		Combined(topology.Pool{})
}

// run makes a cluster of a plan, and these users in it, each called by its key.
func run(t *testing.T, plan topology.Plan, certificates kafka.Certificates, all map[string]users.Args) (map[string]record.Resource, error) {
	t.Helper()
	made, err := record.Run(nil, func(ctx *pulumi.Context) error {
		cluster, err := kafka.New(ctx, "c", &kafka.Args{
			Plan: plan, Image: image.Args{Reference: pulumi.String("registry.example.com/kafka:4.4.0")}, Gate: &kafka.Gate{Context: "here"},
			Certificates: certificates,
		})
		if err != nil {
			return err
		}
		for name, args := range all {
			args.Place = users.Place{Context: "here", Cluster: cluster, Stopped: args.Stopped}
			if _, err := users.New(ctx, name, &args, pulumi.Parent(cluster)); err != nil {
				return err
			}
		}
		return nil
	})
	found := map[string]record.Resource{}
	for _, r := range made {
		found[r.String()] = r
		// Whatever holds a secret is one for the engine, and so nowhere in plain text.
		text := fmt.Sprint(r.Inputs)
		for _, secret := range []string{"PRIVATE KEY", "ScramLoginModule required username", "password of", "given by", "hush"} {
			assert.NotContains(t, text, secret, r.String())
		}
	}
	return found, err
}

// plain opens what must be a secret.
func plain(t *testing.T, value any) resource.PropertyValue {
	t.Helper()
	secret, ok := value.(*resource.Secret)
	require.True(t, ok, "%T is no secret", value)
	element := secret.Element
	for element.IsSecret() {
		element = element.SecretValue().Element
	}
	return element
}

// files are those in a Secret.
func files(t *testing.T, r record.Resource) map[string]string {
	t.Helper()
	texts := map[string]string{}
	read := func(key string, value resource.PropertyValue) {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		text, err := base64.StdEncoding.DecodeString(value.StringValue())
		require.NoError(t, err)
		texts[key] = string(text)
	}
	if whole, ok := r.Inputs["data"].(*resource.Secret); ok {
		for key, value := range whole.Element.ObjectValue() {
			read(string(key), value)
		}
		return texts
	}
	for key, value := range r.Inputs["data"].(map[string]any) {
		if text, ok := value.(string); ok {
			read(key, resource.NewProperty(text))
			continue
		}
		read(key, plain(t, value))
	}
	return texts
}

const secretType = "kubernetes:core/v1:Secret "

func TestUserWithAPassword(t *testing.T) {
	made, err := run(t, secured(), kafka.Certificates{}, map[string]users.Args{
		"orders": {
			Authentication: topology.SCRAM, Renew: "2026-11-29", Adopt: true,
			Access: acl.Access{Produce: []string{"orders*"}, Rules: []acl.Rule{{Resource: acl.Topic, Name: "x", Operations: []string{acl.Read}, Host: "10.0.0.1", Deny: true}}},
			Limits: users.Limits{ProducerByteRate: 1, ConsumerByteRate: 2, RequestPercentage: 3, ControllerMutationRate: 4},
		},
		"given": {Authentication: topology.SCRAM, PasswordSecret: "theirs"},
		// Not called as what the password of another one is read by.
		"given-given": {Authentication: topology.SCRAM},
		"said":        {Authentication: topology.SCRAM, Password: pulumi.String("hush")},
	})
	require.NoError(t, err)
	user := made[users.ResourceType+" orders"]
	assert.Equal(t, kafka.ClusterType+" c", user.With, "it goes with the cluster")
	assert.Contains(t, user.Waits, "kafka-kraft:ops:Membership c", "and waits for the last gate")
	assert.True(t, user.First, "what is deleted after it takes the rights of the new one")
	assert.Equal(t, "password of orders", plain(t, user.Inputs["password"]).StringValue())
	delete(user.Inputs, "password")
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k", "bootstrapServers": "k-bootstrap.n.svc.cluster.local:9095", "admin": "k-admin",
		"name": "orders", "authentication": "scram-sha-512", "adopt": true,
		"producerByteRate": 1.0, "consumerByteRate": 2.0, "requestPercentage": 3.0, "controllerMutationRate": 4.0,
		"acls": []any{
			map[string]any{"resource": "topic", "name": "orders", "prefixed": true, "operation": "Describe"},
			map[string]any{"resource": "topic", "name": "orders", "prefixed": true, "operation": "Write"},
			map[string]any{"resource": "topic", "name": "x", "operation": "Read", "host": "10.0.0.1", "deny": true},
		},
	}, user.Inputs)
	heard(t, user.Inputs)

	password := made["random:index/randomPassword:RandomPassword orders"]
	assert.Equal(t, map[string]any{"length": 32.0, "special": false, "keepers": map[string]any{"renew": "2026-11-29"}}, password.Inputs)

	secret := made[secretType+"orders"]
	assert.Contains(t, secret.Waits, user.String(), "nobody is told a password that Kafka does not know yet")
	assert.Equal(t, "k-user-orders", secret.Inputs["metadata"].(map[string]any)["name"])
	texts := files(t, secret)
	assert.Equal(t, "password of orders", texts["password"])
	login := `org.apache.kafka.common.security.scram.ScramLoginModule required username="orders" password="password of orders";`
	assert.Equal(t, login, texts["sasl.jaas.config"])
	for _, line := range []string{
		"bootstrap.servers=k-bootstrap.n.svc.cluster.local:9097", "security.protocol=SASL_SSL", "sasl.mechanism=SCRAM-SHA-512",
		"sasl.jaas.config=" + login, "ssl.truststore.type=PEM", `ssl.truststore.certificates=-----BEGIN CERTIFICATE-----\n`,
	} {
		assert.Contains(t, texts["client.properties"], line)
	}
	assert.Contains(t, texts["ca.crt"], "BEGIN CERTIFICATE")

	assert.Equal(t, "given by n/theirs", plain(t, made[users.ResourceType+" given"].Inputs["password"]).StringValue())
	theirs := made[secretType+"given_given"]
	assert.Equal(t, "n/theirs", theirs.Import)
	// kubectl apply leaves all that it was given in an annotation.
	assert.Equal(t, []string{"metadata", "data", "stringData"}, theirs.Secrets)
	assert.Equal(t, "given by n/theirs", files(t, made[secretType+"given"])["password"])
	assert.Equal(t, "hush", plain(t, made[users.ResourceType+" said"].Inputs["password"]).StringValue())
	assert.NotContains(t, made, "random:index/randomPassword:RandomPassword said")
}

func TestUserWithACertificate(t *testing.T) {
	one := map[string]users.Args{"billing": {Authentication: topology.MutualTLS, Access: acl.Access{Consume: acl.Consume{Topics: []string{"orders"}, Group: "billing"}}}}
	made, err := run(t, secured(), kafka.Certificates{}, one)
	require.NoError(t, err)
	user := made[users.ResourceType+" billing"]
	assert.NotContains(t, user.Inputs, "password")
	assert.Equal(t, "tls", user.Inputs["authentication"])
	heard(t, user.Inputs)
	texts := files(t, made[secretType+"billing"])
	assert.Len(t, texts, 4)
	_, err = tls.X509KeyPair([]byte(texts["user.crt"]), []byte(texts["user.key"]))
	require.NoError(t, err)
	block, _ := pem.Decode([]byte(texts["user.crt"]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	assert.Equal(t, "CN=billing", certificate.Subject.String(), "Kafka's principal is made from it")
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM([]byte(texts["ca.crt"])))
	_, err = certificate.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	require.NoError(t, err, "the brokers' CA signs it")
	for _, line := range []string{"bootstrap.servers=k-bootstrap.n.svc.cluster.local:9095", "security.protocol=SSL", `ssl.keystore.key=-----BEGIN PRIVATE KEY-----\n`, "ssl.truststore.type=PEM"} {
		assert.Contains(t, texts["client.properties"], line)
	}

	// Somebody else's CA signs somebody else's certificates: here it is the name that counts.
	made, err = run(t, secured(), kafka.Certificates{Secret: "theirs"}, map[string]users.Args{
		"billing": one["billing"], "orders": {Authentication: topology.SCRAM},
	})
	require.NoError(t, err)
	assert.Contains(t, made, users.ResourceType+" billing")
	assert.NotContains(t, made, secretType+"billing")
	texts = files(t, made[secretType+"orders"])
	assert.NotContains(t, texts, "ca.crt")
	assert.NotContains(t, texts["client.properties"], "truststore")
}

// Where clients still start in plaintext, who they are is told to Kafka by TLS all the same.
func TestUsersBeforePlaintextIsGone(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n", Encryption: topology.Offered, Authentication: topology.MutualTLS, SCRAM: true}.Combined(topology.Pool{})
	made, err := run(t, plan, kafka.Certificates{}, map[string]users.Args{"orders": {Authentication: topology.SCRAM}})
	require.NoError(t, err)
	inputs := made[users.ResourceType+" orders"].Inputs
	assert.Equal(t, "k-bootstrap.n.svc.cluster.local:9095", inputs["bootstrapServers"])
	assert.Equal(t, "k-admin", inputs["admin"])
	assert.NotContains(t, inputs, "acls")
}

// heard holds what the program says against the provider's arguments.
func heard(t *testing.T, inputs map[string]any) {
	t.Helper()
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[plugin.UserArgs]()) {
		name, optional, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		known[name] = true
		if name != "" && optional == "" {
			assert.Contains(t, inputs, name)
		}
	}
	for name := range inputs {
		assert.True(t, known[name], "the provider knows no %s", name)
	}
	assert.Contains(t, []any{plugin.SCRAM, plugin.TLS}, inputs["authentication"])
}

// All that is wrong is said at once.
func TestUsersThatCannotBe(t *testing.T) {
	anonymous := topology.Plan{Name: "k", Namespace: "n", Encryption: topology.Required}.Combined(topology.Pool{})
	for name, c := range map[string]struct {
		plan topology.Plan
		args users.Args
		says []string
	}{
		"reserved":        {secured(), users.Args{Name: "kafka-admin", Authentication: topology.SCRAM}, []string{`Name "kafka-admin" is the name of the cluster's own`}},
		"a bad name":      {secured(), users.Args{Name: "A_b", Authentication: "plain"}, []string{`Name "A_b" must be lower-case letters`, `Authentication is "plain", which is neither`}},
		"a long name":     {secured(), users.Args{Name: strings.Repeat("a", 65), Authentication: topology.MutualTLS}, []string{"has 65 characters"}},
		"no passwords":    {anonymous, users.Args{Authentication: topology.SCRAM}, []string{"needs Plan.SCRAM"}},
		"no certificates": {anonymous, users.Args{Authentication: topology.MutualTLS}, []string{"Authentication mtls needs the plan to have it, too"}},
		"two passwords": {secured(), users.Args{Authentication: topology.SCRAM, Password: pulumi.String("x"), PasswordSecret: "y", Renew: "z"},
			[]string{"both Password and PasswordSecret", "Renew is for a password that is made here"}},
		"both":    {secured(), users.Args{Authentication: topology.MutualTLS, Renew: "z"}, []string{"of no use with Authentication mtls"}},
		"access":  {secured(), users.Args{Authentication: topology.SCRAM, Access: acl.Access{Produce: []string{"a b"}}}, []string{`Access: produce[0] "a b": must be letters`}},
		"a limit": {secured(), users.Args{Authentication: topology.SCRAM, Limits: users.Limits{RequestPercentage: -1}}, []string{"must not be less than 0"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, c.plan, kafka.Certificates{}, map[string]users.Args{"x": c.args})
			for _, says := range c.says {
				require.ErrorContains(t, err, says)
			}
		})
	}
	_, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := users.New(ctx, "x", nil)
		return err
	})
	require.ErrorContains(t, err, `user "x": Place needs the Context and the Cluster`)
}
