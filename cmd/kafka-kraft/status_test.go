package main

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

func TestWriteStatus(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, writeStatus(&out, stacks.Outputs{BootstrapServers: "b:9092", Namespace: "n"}, []automation.Pod{
		{Name: "kafka-0", Role: "broker,controller", Node: "node-1", Ready: true},
		{Name: "kafka-1", Role: "broker,controller", Why: "no node has room", Restarts: 2},
	}))
	assert.Equal(t, `bootstrapServers  b:9092
namespace         n

POD      ROLES              NODE    RESTARTS  READY
kafka-0  broker,controller  node-1  0         yes
kafka-1  broker,controller          2         no: no node has room
`, out.String())
	out.Reset()
	require.NoError(t, writeStatus(&out, stacks.Outputs{}, nil))
	assert.Contains(t, out.String(), "No pod runs.")
}
