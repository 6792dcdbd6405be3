package stacks

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/users"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const withPasswords = `{"encryption":"required","authentication":["mtls","scram"],"authorization":"closed"}`

// What the configuration says comes to the provider, and no secret anywhere in plain text.
func TestUsers(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:security"] = withPasswords
	keys["kafka-kraft:users"] = `{
		"orders":{"authentication":"scram","renewPassword":"2","produce":["orders-*"],"consume":{"topics":["paid"],"group":"orders"},
			"transactional":["tx"],"quotas":{"producerByteRate":"1Mi","requestPercentage":12.5},"adopt":true},
		"given":{"authentication":"scram","passwordSecret":"theirs"},
		"count":{"authentication":"mtls","streams":"count","acls":[{"resource":"cluster","operations":["Describe"],"host":"10.0.0.1","deny":true}]}}`
	found := map[string]record.Resource{}
	secrets := 0
	for _, r := range recorded(t, keys) {
		for _, secret := range []string{"PRIVATE KEY", "password of", "given by", "required username"} {
			assert.NotContains(t, fmt.Sprint(r.Inputs), secret, r.String())
		}
		if r.Type == "kubernetes:core/v1:Secret" && r.Parent == users.Type+" "+r.Name {
			secrets++
		}
		if r.Type == users.Type {
			assert.Equal(t, kafka.ClusterType+" ci", r.Parent)
		}
		if r.Type != users.ResourceType {
			continue
		}
		found[r.Name] = r
		assert.Equal(t, users.Type+" "+r.Name, r.Parent)
		assert.Equal(t, kafka.ClusterType+" ci", r.With, "goes with the cluster")
		assert.Contains(t, r.Waits, "kafka-kraft:ops:Membership ci-kafka-broker")
		assert.Equal(t, "ci-admin", r.Inputs["admin"])
		assert.Equal(t, "ci-kafka-broker.kafka-kraft-ci.svc.cluster.local:9095", r.Inputs["bootstrapServers"])
	}
	assert.Equal(t, 3, secrets)
	require.Len(t, found, 3)
	orders := found["orders"].Inputs
	assert.IsType(t, &resource.Secret{}, orders["password"])
	assert.Equal(t, "scram-sha-512", orders["authentication"])
	assert.Equal(t, true, orders["adopt"])
	assert.InDelta(t, 1048576, orders["producerByteRate"], 0)
	assert.InDelta(t, 12.5, orders["requestPercentage"], 0)
	assert.Len(t, orders["acls"], 8)
	assert.IsType(t, &resource.Secret{}, found["given"].Inputs["password"])
	assert.NotContains(t, found["given"].Inputs, "acls")
	assert.Equal(t, "tls", found["count"].Inputs["authentication"])
	assert.Contains(t, found["count"].Inputs["acls"], any(map[string]any{
		"resource": "cluster", "name": "kafka-cluster", "operation": "Describe", "host": "10.0.0.1", "deny": true,
	}))
}

// To let users in by a password is an ordinary change of a living stack.
func TestPasswordsOfALiveStack(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:security"] = closed
	before, err := config.Parse(keys)
	require.NoError(t, err)
	outputs := map[string]any{OutputFrozen: before.Record(), OutputClusterID: "id"}
	keys["kafka-kraft:security"] = withPasswords
	kubeconfig(t)
	_, err = record.RunLive(keys, outputs, Program)
	require.NoError(t, err)
	after, err := config.Parse(keys)
	require.NoError(t, err)
	assert.Equal(t, before.Record(), after.Record(), "nothing of it is for life")
}

func TestUsersOfAStoppedStack(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:security"] = withPasswords
	keys["kafka-kraft:users"] = `{"orders":{"authentication":"scram"}}`
	keys["kafka-kraft:stopped"] = "true"
	stopped := 0
	for _, r := range recorded(t, keys) {
		if r.Type == users.ResourceType {
			assert.Equal(t, true, r.Inputs["stopped"])
			stopped++
		}
	}
	assert.Equal(t, 1, stopped)
	assert.True(t, userArgs(users.Place{}, config.User{}, true).Adopt, "what this stack's last destroy left is its own")
}

// What a user's Secret is called is looked for before anything is changed.
func TestSecretsOfUsersAreWanted(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:security"] = withPasswords
	keys["kafka-kraft:users"] = `{"orders":{"authentication":"scram"},"a":{"authentication":"mtls"}}`
	parsed, err := config.Parse(keys)
	require.NoError(t, err)
	assert.Equal(t, []string{"ci-user-a", "ci-user-orders"}, Wanted(parsed).Secrets)
	assert.Empty(t, Wanted(config.Default()).Secrets)

	// Somebody else's CA: who has a certificate of it gets no Secret, and one of that name is a person's.
	keys["kafka-kraft:security"] = `{"encryption":"required","authentication":["mtls","scram"],"authorization":"closed","certificates":{"source":"secret","secretName":"nodes"}}`
	parsed, err = config.Parse(keys)
	require.NoError(t, err)
	assert.Equal(t, []string{"ci-user-orders"}, Wanted(parsed).Secrets)
}

// What Kafka knows of users is among the records: also of those that the configuration no longer has.
func TestUsersOfRecordsThatWereLeft(t *testing.T) {
	left := estate{owner: "me", found: survey.Found{Record: &survey.Record{Owner: "me"}}}
	secured := stack{Config: config.Default()}
	secured.KubeNamespace = "shop"
	assert.Empty(t, secured.inherited(left), "everybody may do everything")
	secured.Security.Authorization = topology.Closed
	for _, says := range []string{
		"kafka-admin, kafka-node and security.superUsers", "kubectl exec -n shop", "kafka-configs.sh --bootstrap-server localhost:9092 --describe --entity-type users",
		"kafka-acls.sh --bootstrap-server localhost:9092 --list",
	} {
		assert.Contains(t, secured.inherited(left), says)
	}
	assert.Empty(t, secured.inherited(estate{owner: "me"}), "a new cluster knows nobody")
	open := stack{Config: config.Default()}
	open.Users = map[string]config.User{"orders": {}}
	assert.NotEmpty(t, open.inherited(left))
}
