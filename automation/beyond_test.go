package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func TestWhatWasLeftBehindIsDrift(t *testing.T) {
	pool := topology.Pool{Name: "kafka-broker", Replicas: 3, FirstID: 100}
	as := func(ran ...int) survey.Found {
		return survey.Found{Sets: map[string]survey.Set{"kafka-broker": {Replicas: 3, Ran: ran}}}
	}
	assert.Empty(t, leftBehind(pool, as(0, 1, 2)))
	found := leftBehind(pool, as(4, 0, 1, 2, 3))
	require.Len(t, found, 2)
	assert.Contains(t, found[0], "node 103 (kafka-broker-3) is beyond the plan")
	assert.Contains(t, found[0], "--id 103")
	pool.Roles = []topology.Role{topology.Controller}
	found = leftBehind(pool, as(0, 1, 2, 3))
	require.Len(t, found, 1)
	assert.Contains(t, found[0], "controller 103 (kafka-broker-3) is beyond the plan")
	assert.NotContains(t, found[0], "reassign", "it has no records")
	assert.Equal(t, found[0], Difference{Beyond: found[0]}.String())
}
