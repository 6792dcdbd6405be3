package stacks

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOutputs(t *testing.T) {
	values := map[string]any{
		"bootstrapServers": "b:9092", "clusterId": "id", "namespace": "n", "image": "i", "kafkaVersion": "4.4.0", "topology": "combined",
		"somethingNew": 3.0,
	}
	outputs, err := Decode(values)
	require.NoError(t, err)
	assert.Equal(t, Outputs{BootstrapServers: "b:9092", ClusterID: "id", Namespace: "n", Image: "i", KafkaVersion: "4.4.0", Topology: "combined"}, outputs)
	values["externalBootstrapServers"], values["adminSecret"] = "e:30092", "kafka-admin"
	outputs, err = Decode(values)
	require.NoError(t, err)
	assert.Equal(t, "e:30092", outputs.ExternalBootstrapServers)
	assert.Equal(t, "kafka-admin", outputs.AdminSecret)
	values["adminSecret"] = ""
	outputs, err = Decode(values)
	require.NoError(t, err)
	assert.Empty(t, outputs.AdminSecret)

	values["clusterId"] = 3.0
	values["externalBootstrapServers"] = nil
	delete(values, "image")
	_, err = Decode(values)
	require.Error(t, err)
	for _, name := range []string{"clusterId", "image", "externalBootstrapServers"} {
		assert.ErrorContains(t, err, name)
	}
	_, err = Decode(nil)
	require.Error(t, err)
	assert.Equal(t, 6, strings.Count(err.Error(), "not a text"))
}
