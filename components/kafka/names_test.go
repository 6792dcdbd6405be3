package kafka_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Two clusters that Kubernetes calls the same, each in a namespace of its own, live in one
// program: a URN has its parents' types, but not their names.
func TestTwoClustersOfOneName(t *testing.T) {
	for _, mode := range []topology.Mode{topology.Combined, topology.Separated} {
		t.Run(string(mode), func(t *testing.T) {
			resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
				for _, name := range []string{"a", "b"} {
					args := clusterArgs()
					args.NetworkPolicy, args.PodMonitor = true, true
					plan := topology.Plan{Name: "k", Namespace: "in-" + name}
					if mode == topology.Combined {
						args.Plan = plan.Combined(topology.Pool{})
					} else {
						args.Plan = plan.Separated(topology.Pool{}, topology.Pool{})
					}
					args.Plan = args.Plan.Outside("h", 31000)
					args.Namespace = pulumi.String("in-" + name)
					for range len(args.Plan.Initial) - 1 {
						args.DirectoryIDs = append(args.DirectoryIDs, args.DirectoryIDs[0])
					}
					if _, err := kafka.NewCluster(ctx, name, args); err != nil {
						return err
					}
				}
				return nil
			})
			require.NoError(t, err)
			sets := map[string]int{}
			for _, r := range resources {
				if r.Type == "kubernetes:apps/v1:StatefulSet" {
					sets[fmt.Sprint(r.Inputs["metadata"].(map[string]any)["name"])]++
				}
			}
			for set, times := range sets {
				assert.Equal(t, 2, times, "one %s in each namespace", set)
			}
			assert.NotEmpty(t, sets)
		})
	}
}

// A pool has the plan's name in Kubernetes, where voters look for its pods, whatever the
// program calls it.
func TestNodePoolHasThePlansName(t *testing.T) {
	args := clusterArgs()
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.NewNodePool(ctx, "x", &kafka.NodePoolArgs{
			Plan: args.Plan, Pool: args.Plan.Pools[0], Settings: args.Settings,
			Image: args.Image, ClusterID: args.ClusterID, InitialControllers: pulumi.String(""),
		})
		return err
	})
	require.NoError(t, err)
	named := 0
	for _, r := range resources {
		if r.Type == "kubernetes:apps/v1:StatefulSet" || r.Type == "kubernetes:policy/v1:PodDisruptionBudget" {
			assert.Equal(t, "k", r.Inputs["metadata"].(map[string]any)["name"], r.Type)
			named++
		}
	}
	assert.Equal(t, 2, named)
}

// What a cluster was called before, Pulumi still finds: nothing of it is replaced.
func TestFormerNames(t *testing.T) {
	args := clusterArgs()
	args.Plan = args.Plan.Outside("h", 31000)
	for name, want := range map[string][]string{"k": nil, "orders": {"k"}} {
		resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
			_, err := kafka.NewCluster(ctx, name, args)
			return err
		})
		require.NoError(t, err)
		for _, r := range resources {
			switch {
			case r.Type == kafka.NodePoolType:
				assert.Equal(t, want, r.Aliases, r.String())
				assert.Equal(t, name, r.Name)
			case r.Type == "kubernetes:core/v1:Service" && r.Name == name+"-0-external" && want != nil:
				assert.Equal(t, []string{"k-0-external"}, r.Aliases, r.String())
			}
		}
	}
}
