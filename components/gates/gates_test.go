package gates_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/plugin/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// The program says what the provider listens for, and all that it must have.
func TestGates(t *testing.T) {
	plan := topology.Plan{Name: "kafka", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{})
	pool := func(role topology.Role) topology.Pool {
		for _, p := range plan.Pools {
			if p.Has(role) {
				return p
			}
		}
		t.Fatalf("no pool of %ss", role)
		return topology.Pool{}
	}
	brokers, controllers := pool(topology.Broker), pool(topology.Controller)
	brokers.Replicas = 2
	assert.Equal(t, []int{brokers.FirstID, brokers.FirstID + 1}, gates.IDs(brokers))

	pace := gates.Pace{Throttle: 1000, Concurrency: 4}
	full := gates.Place{Context: "here", Plan: plan.Outside("node", 30000), Pool: brokers, Stopped: true}
	made, err := record.Run(nil, func(ctx *pulumi.Context) error {
		if _, err := gates.NewEvacuation(ctx, "leave", &gates.EvacuationArgs{Place: full, Keep: gates.IDs(brokers), Pace: pace}); err != nil {
			return err
		}
		if _, err := gates.NewMembership(ctx, "belong", &gates.MembershipArgs{Place: full, Brokers: gates.IDs(brokers), Rebalance: placement.New, Pace: pace, Generation: pulumi.IntPtr(3)}); err != nil {
			return err
		}
		if _, err := gates.NewCapacity(ctx, "hold", &gates.CapacityArgs{Place: full, Sizes: map[string]string{"data-x-0": "5Gi"}, Brokers: map[string]int{"data-x-0": 0}}); err != nil {
			return err
		}
		if _, err := gates.NewCapacity(ctx, "unasked", &gates.CapacityArgs{Place: gates.Place{Context: "here", Plan: plan, Pool: controllers}}); err != nil {
			return err
		}
		if _, err := gates.NewEvacuation(ctx, "none", &gates.EvacuationArgs{Place: gates.Place{Context: "here", Plan: plan, Pool: brokers}}); err != nil {
			return err
		}
		folders := plan
		folders.Shared = &topology.Shared{HostPath: "/x", Size: "1Gi"}
		one := gates.Place{Context: "here", Plan: folders, Pool: brokers}
		if _, err := gates.NewEvacuation(ctx, "leave one", &gates.EvacuationArgs{Place: one, Keep: gates.IDs(brokers)}); err != nil {
			return err
		}
		if _, err := gates.NewMembership(ctx, "belong to one", &gates.MembershipArgs{Place: one, Brokers: gates.IDs(brokers)}); err != nil {
			return err
		}
		_, err := gates.NewQuorum(ctx, "vote", &gates.QuorumArgs{
			Place: gates.Place{Context: "here", Plan: plan, Pool: controllers}, Voters: gates.IDs(controllers), Generation: pulumi.IntPtr(2),
		})
		return err
	})
	require.NoError(t, err)
	found := map[string]map[string]any{}
	for _, resource := range made {
		found[resource.Name] = resource.Inputs
	}
	ids := func(first int) []any { return []any{float64(first), float64(first + 1)} }
	place := func(pool topology.Pool, more map[string]any) map[string]any {
		inputs := map[string]any{
			"context": "here", "namespace": "n", "statefulSet": pool.Name, "bootstrapServers": plan.BootstrapServers(),
			"first": float64(pool.FirstID), "end": float64(pool.FirstID + 1000),
		}
		for key, value := range more {
			inputs[key] = value
		}
		return inputs
	}
	assert.Equal(t, map[string]map[string]any{
		"leave": place(brokers, map[string]any{
			"externalBootstrapServers": "node:30000", "stopped": true, "throttle": 1000.0, "concurrency": 4.0, "keep": ids(brokers.FirstID),
		}),
		"belong": place(brokers, map[string]any{
			"externalBootstrapServers": "node:30000", "stopped": true, "throttle": 1000.0, "concurrency": 4.0, "rebalance": "new",
			"brokers": ids(brokers.FirstID), "generation": 3.0,
		}),
		"hold": place(brokers, map[string]any{
			"externalBootstrapServers": "node:30000", "stopped": true,
			"sizes": map[string]any{"data-x-0": "5Gi"}, "brokers": map[string]any{"data-x-0": 0.0},
		}),
		"leave one":     place(brokers, map[string]any{"oneVolume": true, "keep": ids(brokers.FirstID)}),
		"belong to one": place(brokers, map[string]any{"oneVolume": true, "brokers": ids(brokers.FirstID)}),
		"unasked":       place(controllers, map[string]any{"sizes": map[string]any{}}),
		"none":          place(brokers, map[string]any{"keep": []any{}}),
		"vote":          place(controllers, map[string]any{"generation": 2.0, "voters": append(ids(controllers.FirstID), float64(controllers.FirstID+2))}),
	}, found)
	heard(t, reflect.TypeFor[ops.EvacuationArgs](), found["leave"])
	heard(t, reflect.TypeFor[ops.EvacuationArgs](), found["leave one"])
	heard(t, reflect.TypeFor[ops.MembershipArgs](), found["belong to one"])
	heard(t, reflect.TypeFor[ops.CapacityArgs](), found["hold"])
	heard(t, reflect.TypeFor[ops.MembershipArgs](), found["belong"])
	heard(t, reflect.TypeFor[ops.QuorumArgs](), found["vote"])
}

// heard holds what the program says against the provider's arguments.
func heard(t *testing.T, args reflect.Type, inputs map[string]any) {
	t.Helper()
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(args) {
		name, optional, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		known[name] = true
		if name != "" && optional == "" {
			assert.Contains(t, inputs, name, args.Name())
		}
	}
	for name := range inputs {
		assert.True(t, known[name], "%s knows no %s", args.Name(), name)
	}
}
