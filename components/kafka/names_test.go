package kafka_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Two clusters that Kubernetes calls the same, each in a namespace of its own, live in one
// program: a URN has its parents' types, but not their names.
func TestTwoClustersOfOneName(t *testing.T) {
	plans := map[string]func(topology.Plan) topology.Plan{
		"combined":  func(p topology.Plan) topology.Plan { return p.Combined(topology.Pool{}) },
		"separated": func(p topology.Plan) topology.Plan { return p.Separated(topology.Pool{}, topology.Pool{}) },
		"completed": func(p topology.Plan) topology.Plan { return p },
		"shared": func(p topology.Plan) topology.Plan {
			p.Shared = &topology.Shared{Volume: p.Namespace, HostPath: "/mnt/" + p.Namespace, Size: "1Gi"}
			return p.Combined(topology.Pool{})
		},
	}
	for kind, plan := range plans {
		t.Run(kind, func(t *testing.T) {
			resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
				for i, name := range []string{"a", "b"} {
					args := &kafka.Args{PodMonitor: true, Settings: kafka.Settings{Metrics: true}}
					args.Plan = plan(topology.Plan{Name: "k", Namespace: "in-" + name})
					if len(args.Plan.Pools) > 0 {
						args.Plan = args.Plan.Outside("h", 31000+100*i)
					}
					args.Image.Context, args.Image.Digest = "context", strings.Repeat("ab", 32)
					if _, err := kafka.New(ctx, name, args); err != nil {
						return err
					}
				}
				return nil
			})
			require.NoError(t, err)
			places := map[string]int{}
			for _, r := range resources {
				if r.Type == "kubernetes:apps/v1:StatefulSet" || r.Type == "kubernetes:core/v1:Namespace" {
					metadata := r.Inputs["metadata"].(map[string]any)
					places[fmt.Sprint(metadata["namespace"], "/", metadata["name"])]++
				}
			}
			for place, times := range places {
				assert.Equal(t, 1, times, place)
			}
			assert.Contains(t, places, "<nil>/in-a")
			assert.Contains(t, places, "<nil>/in-b")
			assert.GreaterOrEqual(t, len(places), 4)
		})
	}
}

// A pool has the plan's name in Kubernetes, where voters look for its pods, whatever the
// program calls it; and it needs nobody else's arguments.
func TestNodePoolAlone(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Combined(topology.Pool{Replicas: 1})
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.NewNodePool(ctx, "x", &kafka.NodePoolArgs{
			Plan: plan, Pool: plan.Pools[0], Settings: kafka.Defaults(plan), Image: pulumi.String("kafka"),
			ClusterID: pulumi.String("lIu-zdvJAJnZ_4jr4Hmu3Q"), InitialControllers: pulumi.String(""),
		})
		return err
	})
	require.NoError(t, err)
	named := 0
	for _, r := range resources {
		if r.Type == "kubernetes:apps/v1:StatefulSet" || r.Type == "kubernetes:policy/v1:PodDisruptionBudget" {
			assert.Equal(t, "k", r.Inputs["metadata"].(map[string]any)["name"], r.Type)
			assert.Equal(t, "n", r.Inputs["metadata"].(map[string]any)["namespace"], r.Type)
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
			_, err := kafka.New(ctx, name, args)
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
