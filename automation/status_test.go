package automation

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// A ghost is who is known to Kafka and has no pod, and a claim of nobody; not who is only being
// replaced, nor anything that was not told.
func TestGhosts(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Topology, c.ClusterName = topology.Separated, "ci"
	pods := []Pod{{Name: "ci-kafka-broker-0"}, {Name: "ci-kafka-broker-4"}, {Name: "ci-kafka-controller-0"}}
	members := &Members{
		Brokers: []Broker{
			{ID: 0, Pod: "ci-kafka-broker-0", State: Fenced}, // it starts
			{ID: 1, Pod: "ci-kafka-broker-1", State: Serves}, // its pod is being replaced
			{ID: 2, Pod: "ci-kafka-broker-2", State: Fenced}, // a ghost
			{ID: 3, State: Serves},                           // a ghost
			{ID: 4, State: Serves},                           // made by hand
			{ID: 5, Pod: "ci-kafka-broker-5", State: NotRegistered},
			{ID: 5000, State: Fenced}, // of no pool
		},
		Controllers: []Controller{
			{ID: 1000, Pod: "ci-kafka-controller-0", State: Leads},
			{ID: 1001, Pod: "ci-kafka-controller-1", State: Votes, Behind: time.Second},
			{ID: 1002, Pod: "ci-kafka-controller-2", State: Votes, Behind: time.Minute}, // a ghost
			{ID: 1003, State: Votes, Behind: time.Second},                               // a ghost
			{ID: 1004, State: Follows},
		},
	}
	claims := []Claim{{Name: "data-ci-kafka-broker-0"}, {Name: "data-ci-kafka-broker-3", Spare: true}}
	var names []string
	for _, g := range ghosts(c.Plan(), Status{Pods: pods, Members: members, Claims: claims}) {
		names = append(names, g.Kind+" "+g.Name)
		assert.NotEmpty(t, g.Advice)
	}
	assert.Equal(t, []string{"broker 2", "broker 3", "broker 5000", "voter 1002", "voter 1003", "claim data-ci-kafka-broker-3"}, names)
	assert.Len(t, ghosts(c.Plan(), Status{Members: members}), 0, "without the pods nobody can tell")
	assert.Len(t, ghosts(c.Plan(), Status{Pods: []Pod{}, Claims: claims}), 1)
}

func TestReason(t *testing.T) {
	t.Parallel()
	s := &Stack{name: "dev"}
	assert.Equal(t, "no route", reason(s.fail("pods", ErrUnreachable, errors.New("no route"), "Look.")))
	assert.Equal(t, "x", reason(errors.New("x")))
}

// Its names are a promise.
func TestStatusAsJSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(Status{
		Stack: "ci", Pods: []Pod{}, Members: &Members{Controllers: []Controller{{ID: 7, State: Missing, Lag: -1, Behind: -1}}},
		Unknown: []Unknown{{"claims", "why"}},
	})
	require.NoError(t, err)
	assert.JSONEq(t, `{"stack":"ci","context":"","stopped":false,"pods":[],"claims":null,
"outputs":{"bootstrapServers":"","clusterId":"","namespace":"","image":"","kafkaVersion":"","topology":""},
"members":{"brokers":null,"levels":null,"controllers":[{"id":7,"state":"missing","lag":-1,"behindNanoseconds":-1}]},
"unknown":[{"part":"claims","why":"why"}]}`, string(text))
}
