package kafka_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// With any number of pools and other listeners, what Kubernetes opens, what Kafka listens
// on and what the agent advertises are one.
func TestPoolsAndListenersAreTheTables(t *testing.T) {
	args := clusterArgs()
	plan := topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{Replicas: 2})
	plan.Pools = append(plan.Pools, topology.Pool{
		Name: "k-large", Roles: []topology.Role{topology.Broker}, FirstID: 2000, Replicas: 2, Rack: "b",
	})
	plan.Listeners = append(plan.Listeners, topology.Listener{
		Name: "AUDIT", Port: 9095, PortName: "audit", Role: topology.Broker, Protocol: topology.Plaintext, Exposure: topology.Exposure{Type: topology.ClusterIP},
	})
	args.Plan = plan.Outside("node", 31000)
	resources, err := run(t, args)
	require.NoError(t, err)

	nodePorts, text := map[string]string{}, map[string]string{}
	for _, r := range resources {
		metadata, _ := r.Inputs["metadata"].(map[string]any)
		text[strings.TrimPrefix(r.Type, "kubernetes:")+" "+fmt.Sprint(metadata["name"])] = fmt.Sprint(r.Inputs)
		if spec, _ := r.Inputs["spec"].(map[string]any); spec["type"] == "NodePort" {
			nodePorts[fmt.Sprint(metadata["name"])] = fmt.Sprint(spec["ports"].([]any)[0].(map[string]any)["nodePort"])
		}
	}
	for pool, port := range map[string]string{"k-kafka-broker": "31001", "k-large": "31003"} {
		set := text["apps/v1:StatefulSet "+pool]
		assert.Contains(t, set, "map[name:KAFKA_EXTERNAL_PORT_BASE value:"+port+"]", pool)
		assert.Equal(t, port, nodePorts[pool+"-0-external"])
		for _, name := range []string{"client", "external", "audit"} {
			assert.Contains(t, set, " name:"+name+" protocol:TCP", pool)
		}
	}
	assert.Equal(t, "31004", nodePorts["k-large-1-external"])
	assert.NotContains(t, text["apps/v1:StatefulSet k-kafka-controller"], "audit")
	for _, object := range []string{"core/v1:Service k-kafka-headless", "core/v1:Service k-kafka-broker", "networking.k8s.io/v1:NetworkPolicy k-clients"} {
		assert.Contains(t, text[object], "9095", object)
	}
	assert.NotContains(t, text["networking.k8s.io/v1:NetworkPolicy k-inside"], "9095")
}
