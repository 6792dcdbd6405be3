package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

func TestWriteStatus(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, writeStatus(&out, state{
		Outputs: stacks.Outputs{BootstrapServers: "b:9092", Namespace: "n"},
		Pods: []automation.Pod{
			{Name: "kafka-0", Role: "broker,controller", Node: "node-1", Ready: true},
			{Name: "kafka-1", Role: "broker,controller", Why: "no node has room", Restarts: 2},
		},
		Members: &automation.Members{
			MetadataVersion: 30, Moving: 2,
			Brokers: []automation.Broker{
				{ID: 0, Pod: "kafka-0", State: automation.Serves, Replicas: 12, Leads: 7, Bytes: 3 << 30, Rack: "a"},
				{ID: 3, State: automation.Serves, Cordoned: true, Bytes: -1},
			},
			Controllers: []automation.Controller{
				{ID: 0, Pod: "kafka-0", State: automation.Leads},
				{ID: 1, Pod: "kafka-1", State: automation.Votes, Behind: time.Minute},
			},
		},
		Claims: []automation.Claim{
			{Name: "data-kafka-0", Wanted: "5Gi", Size: "5Gi", Phase: "Bound"},
			{Name: "data-kafka-1", Wanted: "6Gi", Size: "5Gi", Phase: "Bound"},
			{Name: "data-kafka-3", Wanted: "6Gi", Phase: "Pending", Spare: true},
		},
	}))
	assert.Equal(t, `bootstrapServers  b:9092
namespace         n

POD      ROLES              NODE    RESTARTS  READY
kafka-0  broker,controller  node-1  0         yes
kafka-1  broker,controller          2         no: no node has room

BROKER  POD      STATE                              REPLICAS  LEADS  ON DISK  RACK
0       kafka-0  serves                             12        7      3.0 GiB  a
3       -        serves, cordoned, beyond the plan  0         0      ?        -

CONTROLLER  POD      STATE
0           kafka-0  leads
1           kafka-1  votes, 1m0s behind

metadata.version 30; partitions on their way to other brokers: 2

CLAIM         SIZE             PHASE
data-kafka-0  5Gi              Bound
data-kafka-1  5Gi, wants 6Gi   Bound
data-kafka-3  none, wants 6Gi  Pending, of a member that has left
`, out.String())
	out.Reset()
	require.NoError(t, writeStatus(&out, state{Unknown: "no pod runs"}))
	assert.Contains(t, out.String(), "No pod runs.")
	assert.NotContains(t, out.String(), "not known")
	out.Reset()
	require.NoError(t, writeStatus(&out, state{Pods: []automation.Pod{{Name: "kafka-0"}}, Unknown: "no route"}))
	assert.Contains(t, out.String(), "Who takes part in Kafka is not known: no route")
}
