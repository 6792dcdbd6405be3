package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// What earlier versions made beside the cluster, Pulumi still finds: nothing of a live
// stack is replaced. (tests/engine asks the engine.)
func TestFormerPlaces(t *testing.T) {
	for stack, want := range map[string]map[string]string{
		"dev": {
			"kafka-kraft:clusterid:ClusterID kafka-cluster-id": "cluster-id of the stack",
			"kafka-kraft:image:Image kafka-image":              "image of the stack",
			"kafka-kraft:storage:Shared kafka":                 "kafka of the stack",
		},
		"ci": {
			"kafka-kraft:clusterid:ClusterID ci-cluster-id": "cluster-id of the stack",
			"kafka-kraft:image:Image ci-image":              "image of the stack",
		},
	} {
		found := map[string]string{}
		for _, r := range recorded(t, stackFile(t, stack)) {
			for _, alias := range r.Aliases {
				if alias != "" { // a former type is the plugin's business
					found[r.String()] = alias
				}
			}
		}
		assert.Equal(t, want, found, stack)
	}
}
