package kafka_test

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func clusterArgs() *kafka.Args {
	return &kafka.Args{
		Plan: topology.Plan{Name: "k", Namespace: "n", Shared: &topology.Shared{HostPath: "/mnt/data", Size: "1Gi"}}.
			Combined(topology.Pool{Replicas: 1}),
		Image: image.Args{Reference: pulumi.String("kafka")},
	}
}

func run(t *testing.T, args *kafka.Args) ([]record.Resource, error) {
	t.Helper()
	return record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.New(ctx, "k", args)
		return err
	})
}

// All that a cluster needs hangs below it, with the caller's namespace and image or its own.
func TestParts(t *testing.T) {
	args := clusterArgs()
	args.Open, args.Namespace = true, pulumi.String("n")
	resources, err := run(t, args)
	require.NoError(t, err)
	var types []string
	for _, r := range resources {
		types = append(types, r.Type)
	}
	assert.Equal(t, []string{
		"kafka-kraft:clusterid:ClusterID", "kafka-kraft:image:Image", kafka.ClusterType, kafka.NodePoolType, "kafka-kraft:storage:Shared",
		"kubernetes:apps/v1:StatefulSet", "kubernetes:core/v1:ConfigMap", "kubernetes:core/v1:ConfigMap",
		"kubernetes:core/v1:PersistentVolume", "kubernetes:core/v1:PersistentVolumeClaim",
		"kubernetes:core/v1:Service", "kubernetes:core/v1:Service", "kubernetes:core/v1:ServiceAccount",
		"kubernetes:policy/v1:PodDisruptionBudget", "random:index/randomId:RandomId", "random:index/randomId:RandomId",
	}, types)
	more, err := run(t, clusterArgs())
	require.NoError(t, err)
	assert.Len(t, more, len(resources)+3, "a namespace of its own, and two network policies")
}

// A component that is told nothing is three nodes that survive the loss of one.
func TestDefaults(t *testing.T) {
	var plan topology.Plan
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		made, err := kafka.New(ctx, "orders", &kafka.Args{Image: image.Args{Reference: pulumi.String("kafka")}})
		if err == nil {
			plan = made.Plan
		}
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, []string{"orders-0", "orders-1", "orders-2"}, plan.BrokerPods())
	assert.Equal(t, "orders", plan.Namespace)
	assert.Equal(t, "10Gi", plan.Pools[0].Claims[0].Size)
	for _, r := range resources {
		if r.Type == "kubernetes:core/v1:ConfigMap" && r.Name == "orders" {
			properties := r.Inputs["data"].(map[string]any)["server.properties"]
			assert.Contains(t, properties, "default.replication.factor=3\n")
			assert.Contains(t, properties, "min.insync.replicas=2\n")
		}
		if r.Type == "kubernetes:apps/v1:StatefulSet" {
			spec := r.Inputs["spec"].(map[string]any)
			assert.Equal(t, map[string]any{"whenDeleted": "Retain", "whenScaled": "Retain"}, spec["persistentVolumeClaimRetentionPolicy"])
			assert.Contains(t, fmt.Sprint(spec), "podAntiAffinity")
			assert.Contains(t, fmt.Sprint(spec), "map[name:KAFKA_STOP_SECONDS value:600]")
		}
	}
}

// Everything of a caller that is in the way of the namespace, or of a wrong one, is told.
func TestNamespaceIsThePlans(t *testing.T) {
	args := clusterArgs()
	args.Namespace = pulumi.String("other")
	_, err := run(t, args)
	require.ErrorContains(t, err, `the namespace that was made is "other", and the plan's is "n"`)

	args = clusterArgs()
	args.Prepare = func(pulumi.StringOutput) (pulumi.StringInput, error) { return nil, errors.New("not mine") }
	resources, err := run(t, args)
	require.ErrorContains(t, err, "not mine")
	for _, r := range resources {
		assert.NotContains(t, r.Type, "kubernetes:", "nothing in Kubernetes is touched")
	}

	args.Prepare = func(id pulumi.StringOutput) (pulumi.StringInput, error) {
		return id.ApplyT(func(string) string { return "n" }).(pulumi.StringOutput), nil
	}
	_, err = run(t, args)
	require.NoError(t, err)
}

// With a gate there is one behind every StatefulSet, which differs with its pods only.
func TestGate(t *testing.T) {
	gate := func(change func(*kafka.Args)) record.Resource {
		args := clusterArgs()
		args.Gate = &kafka.Gate{Context: "here"}
		change(args)
		resources, err := run(t, args)
		require.NoError(t, err)
		for _, r := range resources {
			if r.Type == kafka.RolloutType {
				return r
			}
		}
		t.Fatal("no gate")
		return record.Resource{}
	}
	plain := gate(func(*kafka.Args) {})
	assert.Equal(t, "k", plain.Name)
	assert.Equal(t, kafka.NodePoolType+" k", plain.Parent)
	assert.Equal(t, "10m", strings.TrimSuffix(plain.Timeouts, "0s"), "the pool's")
	three := gate(func(a *kafka.Args) {
		a.Plan = topology.Plan{Name: "k", Namespace: "n"}.Combined(topology.Pool{Replicas: 3})
	})
	assert.Equal(t, "30m", strings.TrimSuffix(three.Timeouts, "0s"), "that of each of its pods")
	revision := plain.Inputs["revision"]
	assert.Regexp(t, "^[0-9a-f]{16}$", revision)
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k", "replicas": 1.0, "revision": revision, "generation": 1.0,
		"defaults": map[string]any{
			"bootstrapServers": "k-bootstrap.n.svc.cluster.local:9092", "minInSyncReplicas": 1.0, "replicationFactor": 1.0,
		},
	}, plain.Inputs)

	assert.Equal(t, plain, gate(func(a *kafka.Args) { a.Open = true }), "nothing of the pods")
	assert.NotEqual(t, revision, gate(func(a *kafka.Args) { a.Image.Reference = pulumi.String("other") }).Inputs["revision"])
	stopped := gate(func(a *kafka.Args) { a.Settings.Stopped = true }).Inputs
	assert.Equal(t, revision, stopped["revision"])
	assert.Equal(t, 0.0, stopped["replicas"])
	assert.NotContains(t, stopped, "defaults", "nobody could be asked")
	assert.Equal(t, true, gate(func(a *kafka.Args) { a.Settings.RollDegraded = true }).Inputs["rollDegraded"])
}

// Behind a gate, which restarts pods itself, Kubernetes does not; without one it has to.
func TestUpdateStrategy(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Combined(topology.Pool{})
	for want, gate := range map[string]*kafka.Gate{"RollingUpdate": nil, "OnDelete": {Context: "here"}} {
		spec := made(t, plan, kafka.Settings{}, gate)["kubernetes:apps/v1:StatefulSet k"].Inputs["spec"].(map[string]any)
		assert.Equal(t, map[string]any{"type": want}, spec["updateStrategy"])
	}
}

// What waits for pods is one: the gate, which begins at once, or Pulumi's Kubernetes provider. It
// skips no wait: a StatefulSet that is deleted is gone only when its pods are.
func TestOnlyOneWaitsForPods(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Combined(topology.Pool{})
	look := func(gate *kafka.Gate) (annotations, template any) {
		set := made(t, plan, kafka.Settings{}, gate)["kubernetes:apps/v1:StatefulSet k"].Inputs
		return set["metadata"].(map[string]any)["annotations"], set["spec"].(map[string]any)["template"]
	}
	without, before := look(nil)
	assert.Nil(t, without)
	with, after := look(&kafka.Gate{Context: "here"})
	assert.Equal(t, map[string]any{"pulumi.com/waitFor": "jsonpath={.metadata.uid}"}, with)
	assert.Equal(t, before, after, "nothing restarts for that")
}

// Another text restarts pods, the pods of that pool alone, since their template has it.
func TestRestart(t *testing.T) {
	annotations := func(pool string, restart string) any {
		plan := topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{Restart: restart})
		spec := made(t, plan, kafka.Settings{}, nil)["kubernetes:apps/v1:StatefulSet "+pool].Inputs["spec"].(map[string]any)
		return spec["template"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)[kafka.RestartAnnotation]
	}
	assert.Equal(t, "2026-11-29", annotations("k-kafka-broker", "2026-11-29"))
	assert.Nil(t, annotations("k-kafka-controller", "2026-11-29"))
	assert.Nil(t, annotations("k-kafka-broker", ""))
}

// A change reaches all of a pool before the next one begins, controllers first.
func TestPoolsRollOneAfterTheOther(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{})
	plan.Pools = append(plan.Pools, topology.Pool{Name: "k-large", Roles: []topology.Role{topology.Broker}, FirstID: 2000, Replicas: 2})
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.New(ctx, "k", &kafka.Args{
			Plan: plan, Image: image.Args{Reference: pulumi.String("kafka")}, Ordered: true, Gate: &kafka.Gate{Context: "here"},
		})
		return err
	})
	require.NoError(t, err)
	for _, r := range resources {
		switch r.String() {
		case kafka.NodePoolType + " k-kafka-broker":
			assert.Contains(t, r.After, gates.QuorumType+" k-kafka-controller")
		case kafka.NodePoolType + " k-large":
			assert.Subset(t, r.After, []string{gates.QuorumType + " k-kafka-controller", gates.MembershipType + " k-kafka-broker"})
		}
	}
}

// made are the resources of a plan's cluster, by type and name.
func made(t *testing.T, plan topology.Plan, settings kafka.Settings, gate *kafka.Gate) map[string]record.Resource {
	t.Helper()
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.New(ctx, "k", &kafka.Args{Plan: plan, Image: image.Args{Reference: pulumi.String("kafka")}, Settings: settings, Gate: gate})
		return err
	})
	require.NoError(t, err)
	found := map[string]record.Resource{}
	for _, r := range resources {
		found[r.String()] = r
	}
	return found
}

// Brokers and controllers come and go through gates, and nodes that are both go through those of
// both: they are emptied before, vote after, and what replicas take comes last.
func TestMembers(t *testing.T) {
	made := func(plan topology.Plan, stopped bool) map[string]record.Resource {
		return made(t, plan, kafka.Settings{Stopped: stopped},
			&kafka.Gate{Context: "here", Rebalance: placement.New, Pace: gates.Pace{Throttle: 1 << 20, Concurrency: 3}})
	}
	plan := topology.Plan{Name: "k", Namespace: "n"}
	const evacuation, membership, pool = gates.EvacuationType + " k-kafka-broker", gates.MembershipType + " k-kafka-broker", " k-kafka-broker"
	separated := plan.Separated(topology.Pool{}, topology.Pool{Replicas: 4})
	all := made(separated, false)
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k-kafka-broker", "first": 0.0, "end": 1000.0,
		"bootstrapServers": separated.BootstrapServers(), "keep": []any{0.0, 1.0, 2.0, 3.0}, "throttle": 1048576.0, "concurrency": 3.0,
	}, all[evacuation].Inputs)
	assert.Empty(t, strings.TrimRight(all[evacuation].Timeouts, "0s"), "replicas take the time that they take")
	for _, each := range []string{pool, " k-kafka-controller"} {
		assert.Contains(t, all[kafka.NodePoolType+each].After, evacuation, "nothing is changed before")
	}
	assert.Equal(t, []any{0.0, 1.0, 2.0, 3.0}, all[membership].Inputs["brokers"])
	assert.Equal(t, "new", all[membership].Inputs["rebalance"])
	assert.Contains(t, all[membership].After, gates.CapacityType+pool)
	assert.Contains(t, all["kubernetes:core/v1:ConfigMap k-life"].After, membership)
	assert.NotContains(t, all, gates.EvacuationType+" k-kafka-controller")
	assert.Equal(t, true, made(separated, true)[evacuation].Inputs["stopped"])

	const voters = gates.QuorumType + " k-kafka-controller"
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k-kafka-controller", "first": 1000.0, "end": 2000.0, "generation": 1.0,
		"bootstrapServers": separated.BootstrapServers(), "voters": []any{1000.0, 1001.0, 1002.0},
	}, all[voters].Inputs)
	assert.Contains(t, all[voters].After, gates.CapacityType+" k-kafka-controller")
	assert.Equal(t, "10m", strings.TrimSuffix(all[voters].Timeouts, "0s"), "the pool's")
	assert.Contains(t, all["kubernetes:core/v1:ConfigMap k-life"].After, voters)
	assert.Equal(t, true, made(separated, true)[voters].Inputs["stopped"])

	all = made(plan.Combined(topology.Pool{Replicas: 5}).FoundedBy(3), false)
	const both = " k"
	five := []any{0.0, 1.0, 2.0, 3.0, 4.0}
	assert.Equal(t, five, all[gates.EvacuationType+both].Inputs["keep"])
	assert.Contains(t, all[kafka.NodePoolType+both].After, gates.EvacuationType+both)
	assert.Equal(t, five, all[gates.QuorumType+both].Inputs["voters"])
	assert.Contains(t, all[gates.QuorumType+both].After, gates.CapacityType+both)
	assert.Equal(t, five, all[gates.MembershipType+both].Inputs["brokers"])
	assert.Contains(t, all[gates.MembershipType+both].After, gates.QuorumType+both)
	assert.Contains(t, all["kubernetes:core/v1:ConfigMap k-life"].After, gates.MembershipType+both)

	shared := plan
	shared.Shared = &topology.Shared{HostPath: "/x", Size: "1Gi"}
	all = made(shared.Combined(topology.Pool{Replicas: 5}).FoundedBy(3), false)
	assert.Contains(t, all[gates.QuorumType+both].After, kafka.RolloutType+both, "nothing can grow")
	assert.NotContains(t, all, gates.CapacityType+both)
}

// A release is finalised behind all pools, and what waits for the cluster waits for that.
func TestFeatures(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{})
	const gate = gates.FeaturesType + " k"
	all := made(t, plan, kafka.Settings{}, &kafka.Gate{Context: "here", Features: "4.4"})
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k-kafka-broker", "first": 0.0, "end": 1000.0,
		"bootstrapServers": plan.BootstrapServers(), "release": "4.4",
	}, all[gate].Inputs)
	assert.Contains(t, all[gate].After, gates.MembershipType+" k-kafka-broker")
	assert.Contains(t, all[gate].After, gates.QuorumType+" k-kafka-controller")
	assert.Equal(t, "10m", strings.TrimSuffix(all[gate].Timeouts, "0s"), "the pools'")
	assert.NotContains(t, made(t, plan, kafka.Settings{}, &kafka.Gate{Context: "here"}), gate)
}

// Controllers that come later change nothing of those that are there, nor of brokers, and are
// told of where running pods look.
func TestMoreControllers(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}
	of := func(controllers int) map[string]record.Resource {
		return made(t, plan.Separated(topology.Pool{Replicas: controllers}, topology.Pool{}).FoundedBy(3), kafka.Settings{}, &kafka.Gate{Context: "here"})
	}
	three, five := of(3), of(5)
	const life = "kubernetes:core/v1:ConfigMap k-life"
	assert.Equal(t, map[string]any{"lived": "true", "acceptLoss": ""}, three[life].Inputs["data"])
	assert.Equal(t, map[string]any{"lived": "true", "acceptLoss": "", "controllers": "1000 1001 1002 1003 1004"}, five[life].Inputs["data"])
	for name, was := range three {
		is := five[name]
		switch {
		case was.Type == "kubernetes:apps/v1:StatefulSet" && strings.HasSuffix(name, "controller"):
			assert.Equal(t, 5.0, is.Inputs["spec"].(map[string]any)["replicas"])
			is.Inputs["spec"].(map[string]any)["replicas"] = 3.0
			assert.Equal(t, was.Inputs, is.Inputs)
		case name == life, strings.HasPrefix(was.Type, "kafka-kraft:ops:") && strings.HasSuffix(name, "controller"):
		default:
			assert.Equal(t, was.Inputs, is.Inputs, name)
		}
	}
	var more []string
	for name := range five {
		if _, there := three[name]; !there {
			more = append(more, name)
		}
	}
	assert.ElementsMatch(t, []string{claimType + " data-k-kafka-controller-3", claimType + " data-k-kafka-controller-4"}, more, "no directory id")
	assert.Equal(t, three[kafka.RolloutType+" k-kafka-controller"].Inputs["revision"], five[kafka.RolloutType+" k-kafka-controller"].Inputs["revision"])
}

// Behind the pods of a pool with claims stands what waits for their volumes; brokers are asked,
// too, about the claims with their records.
func TestCapacity(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}
	here := &kafka.Gate{Context: "here"}
	records := topology.Claim{Name: topology.RecordsClaim, TemplateSize: "5Gi", Size: "10240Mi", Sizes: map[string]string{"k-kafka-broker-1": "30Gi"}}
	separated := plan.Separated(topology.Pool{Replicas: 1}, topology.Pool{Replicas: 2, Claims: []topology.Claim{records}})
	all := made(t, separated, kafka.Settings{}, here)
	const brokers, controllers = gates.CapacityType + " k-kafka-broker", gates.CapacityType + " k-kafka-controller"
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k-kafka-broker", "first": 0.0, "end": 1000.0,
		"bootstrapServers": separated.BootstrapServers(),
		"sizes":            map[string]any{"data-k-kafka-broker-0": "10Gi", "data-k-kafka-broker-1": "30Gi"},
		"brokers":          map[string]any{"data-k-kafka-broker-0": 0.0, "data-k-kafka-broker-1": 1.0},
	}, all[brokers].Inputs)
	assert.Contains(t, all[brokers].After, kafka.RolloutType+" k-kafka-broker", "some file systems grow when a pod mounts them")
	assert.Equal(t, "10m", strings.TrimSuffix(all[brokers].Timeouts, "0s"), "the pool's")
	assert.NotContains(t, all[controllers].Inputs, "brokers", "nobody can be asked")
	assert.Equal(t, []string{"data-k-kafka-controller-0"}, slices.Collect(maps.Keys(all[controllers].Inputs["sizes"].(map[string]any))))
	for name, resource := range all {
		if resource.Type == claimType && strings.Contains(name, "broker") {
			assert.Equal(t, size(resource), all[brokers].Inputs["sizes"].(map[string]any)[strings.TrimPrefix(name, claimType+" ")], "of one mind")
		}
	}

	combined := plan.Combined(topology.Pool{Replicas: 1, Claims: []topology.Claim{
		{Name: topology.RecordsClaim, Size: "2Gi"}, {Name: topology.MetadataClaim, Size: "1Gi"},
	}})
	both := made(t, combined, kafka.Settings{Stopped: true}, here)[gates.CapacityType+" k"].Inputs
	assert.Equal(t, map[string]any{"data-k-0": "2Gi", "metadata-k-0": "1Gi"}, both["sizes"])
	assert.Equal(t, map[string]any{"data-k-0": 0.0}, both["brokers"])
	assert.Equal(t, true, both["stopped"])

	shared := plan
	shared.Shared = &topology.Shared{HostPath: "/x", Size: "1Gi"}
	assert.NotContains(t, made(t, shared.Combined(topology.Pool{Replicas: 1}), kafka.Settings{}, here), gates.CapacityType+" k", "nothing can grow")
	assert.NotContains(t, made(t, combined, kafka.Settings{}, nil), gates.CapacityType+" k")
}

// Before a pool some of whose pods get an empty volume, and behind its claims, stands what sees to
// that. Pools without are as they were.
func TestReplacement(t *testing.T) {
	plan := topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{Claims: []topology.Claim{
		{Name: topology.RecordsClaim, TemplateSize: "5Gi", Size: "10Gi", Sizes: map[string]string{"k-kafka-broker-1": "30Gi"}},
	}})
	of := func(replace map[string]string) map[string]record.Resource {
		return made(t, plan, kafka.Settings{}, &kafka.Gate{Context: "here", Replace: replace})
	}
	const gate, set = gates.ReplacementType + " k-kafka-broker", "kubernetes:apps/v1:StatefulSet k-kafka-broker"
	without, with := of(nil), of(map[string]string{"k-kafka-broker-1": "2026-11-28"})
	assert.Equal(t, map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "k-kafka-broker", "first": 0.0, "end": 1000.0,
		"bootstrapServers": plan.BootstrapServers(), "roles": []any{"broker"},
		"pods": map[string]any{"k-kafka-broker-1": map[string]any{
			"token": "2026-11-28", "id": 1.0, "claims": map[string]any{"data-k-kafka-broker-1": "30Gi"},
		}},
	}, with[gate].Inputs)
	assert.Contains(t, with[gate].After, claimType+" data-k-kafka-broker-1")
	assert.Contains(t, with[set].After, gate)
	assert.Empty(t, strings.TrimRight(with[gate].Timeouts, "0s"), "replicas take the time that they take")
	delete(with, gate)
	assert.Len(t, with, len(without))
	for name, was := range without {
		assert.Equal(t, was.Inputs, with[name].Inputs, name)
	}
}

// What waits for pods waits for the gate, or, without one, for the StatefulSet.
func TestWhatWaitsForPods(t *testing.T) {
	for _, gate := range []*kafka.Gate{nil, {Context: "here"}} {
		controllers, brokers := "kubernetes:apps/v1:StatefulSet k-kafka-controller", "kubernetes:apps/v1:StatefulSet k-kafka-broker"
		if gate != nil {
			controllers, brokers = gates.QuorumType+" k-kafka-controller", gates.MembershipType+" k-kafka-broker"
		}
		args := &kafka.Args{
			Plan:  topology.Plan{Name: "k", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{}).Outside("node", 31000),
			Image: image.Args{Reference: pulumi.String("kafka")}, Ordered: true, Gate: gate,
		}
		resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
			made, err := kafka.New(ctx, "k", args)
			if err != nil {
				return err
			}
			for name, output := range map[string]pulumi.StringInput{
				"bootstrap": made.BootstrapServers, "external": made.ExternalBootstrapServers.Elem(), "pool": made.Pools[1].Name,
			} {
				if _, err := corev1.NewConfigMap(ctx, name, &corev1.ConfigMapArgs{Data: pulumi.StringMap{"it": output}}); err != nil {
					return err
				}
			}
			return nil
		})
		require.NoError(t, err)
		after := map[string][]string{}
		for _, r := range resources {
			after[r.String()] = r.After
		}
		const configMap = "kubernetes:core/v1:ConfigMap "
		for _, name := range []string{"bootstrap", "external", "k-life"} {
			assert.Subset(t, after[configMap+name], []string{brokers, controllers}, name)
		}
		assert.Contains(t, after[configMap+"pool"], brokers)
		assert.Contains(t, after[kafka.NodePoolType+" k-kafka-broker"], controllers, "ordered")
		if gate != nil {
			assert.Contains(t, after[kafka.RolloutType+" k-kafka-broker"], "kubernetes:apps/v1:StatefulSet k-kafka-broker")
		}
	}
}

func TestPodMonitor(t *testing.T) {
	args := clusterArgs()
	args.PodMonitor, args.Settings.Metrics = true, true
	resources, err := run(t, args)
	require.NoError(t, err)
	for _, r := range resources {
		if r.Type == "kubernetes:monitoring.coreos.com/v1:PodMonitor" {
			assert.Equal(t, map[string]any{
				"selector": map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "kafka", "app.kubernetes.io/instance": "k"}},
				"podMetricsEndpoints": []any{
					map[string]any{"port": "metrics", "path": "/metrics"}, map[string]any{"port": "agent-metrics", "path": "/metrics"},
				},
			}, r.Inputs["spec"])
			return
		}
	}
	t.Error("no PodMonitor")
}

// What is asked for is made, with labels by which others find it; by default there is nothing.
func TestMonitoring(t *testing.T) {
	const (
		monitorType = "kubernetes:monitoring.coreos.com/v1:PodMonitor"
		ruleType    = "kubernetes:monitoring.coreos.com/v1:PrometheusRule"
		mapType     = "kubernetes:core/v1:ConfigMap"
	)
	for name, c := range map[string]struct {
		wanted kafka.Monitoring
		makes  []string
	}{
		"nothing":    {},
		"monitor":    {kafka.Monitoring{PodMonitor: true}, []string{monitorType}},
		"rules":      {kafka.Monitoring{Rules: true}, []string{ruleType}},
		"dashboards": {kafka.Monitoring{Dashboards: true}, []string{mapType}},
		"all": {kafka.Monitoring{
			PodMonitor: true, Rules: true, Dashboards: true, Labels: map[string]string{"release": "prometheus", "app.kubernetes.io/name": "mine"},
			DashboardLabels: map[string]string{"grafana_dashboard": "yes"},
		}, []string{monitorType, ruleType, mapType}},
	} {
		t.Run(name, func(t *testing.T) {
			args := clusterArgs()
			args.Settings.Metrics, args.Monitoring = true, c.wanted
			resources, err := run(t, args)
			require.NoError(t, err)
			var made []string
			for _, r := range resources {
				if r.Type != monitorType && r.Type != ruleType && (r.Type != mapType || r.Name != "k-dashboards") {
					continue
				}
				made = append(made, r.Type)
				metadata := r.Inputs["metadata"].(map[string]any)
				assert.Equal(t, "n", metadata["namespace"])
				labels := metadata["labels"].(map[string]any)
				assert.Equal(t, "kafka", labels["app.kubernetes.io/name"], "our objects are found by it")
				want := map[string]string{"release": c.wanted.Labels["release"]}
				if r.Type == mapType {
					want = map[string]string{"grafana_dashboard": cmp.Or(c.wanted.DashboardLabels["grafana_dashboard"], "1")}
					assert.Len(t, r.Inputs["data"], 3)
				}
				for label, value := range want {
					if value != "" {
						assert.Equal(t, value, labels[label])
					}
				}
			}
			assert.ElementsMatch(t, c.makes, made)
		})
	}
}

// A constructor that is called wrongly says so, and registers nothing.
func TestWrongArguments(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*kafka.Args)
		says   string
	}{
		"spoiled plan":      {func(a *kafka.Args) { a.Plan.Pools[0].Roles = nil }, "has no Roles"},
		"no namespace":      {func(a *kafka.Args) { a.Plan.Namespace = "" }, "Plan.Namespace"},
		"no such name":      {func(a *kafka.Args) { a.Plan.Name = "Orders" }, `Plan.Name "Orders" is no name for Kubernetes`},
		"no such namespace": {func(a *kafka.Args) { a.Plan.Namespace = "a.b" }, `Plan.Namespace "a.b" is no name for Kubernetes`},
		"long name":         {func(a *kafka.Args) { a.Plan.Pools[0].Name = strings.Repeat("k", 53) }, "longer than 52"},
		"negative replicas": {func(a *kafka.Args) { a.Settings.Replication = -1 }, "Settings.Replication"},
		"negative in-sync":  {func(a *kafka.Args) { a.Settings.MinInSync = -1 }, "Settings.MinInSync"},
		"no timeout":        {func(a *kafka.Args) { a.Settings.Timeout = "soon" }, "Settings.Timeout"},
		"negative period":   {func(a *kafka.Args) { a.Settings.Probes.Period = -1 }, "Settings.Probes.Period"},
		"heap":              {func(a *kafka.Args) { a.Plan.Pools[0].Size.Heap = "big" }, `Heap "big"`},
		"cpu limit":         {func(a *kafka.Args) { a.Plan.Pools[0].Size.CPULimit = "all" }, `CPULimit "all"`},
		"owned property":    {func(a *kafka.Args) { a.Plan.Pools[0].Properties = map[string]string{"node.id": "1"} }, "node.id"},
		"two places":        {func(a *kafka.Args) { a.Plan.Pools[0].Claims = []topology.Claim{{Name: "data", Size: "1Gi"}} }, "shared claim or claims per pod"},
		"monitor":           {func(a *kafka.Args) { a.PodMonitor = true }, "PodMonitor needs Settings.Metrics"},
		"rules":             {func(a *kafka.Args) { a.Monitoring.Rules = true }, "Monitoring.Rules needs Settings.Metrics"},
		"dashboards":        {func(a *kafka.Args) { a.Monitoring.Dashboards = true }, "Monitoring.Dashboards needs Settings.Metrics"},
		"no label":          {func(a *kafka.Args) { a.Monitoring.Labels = map[string]string{"a b": "c"} }, `Monitoring.Labels[a b] "c" is no label`},
		"no context":        {func(a *kafka.Args) { a.Gate = &kafka.Gate{} }, "Gate.Context"},
		"no such pod": {func(a *kafka.Args) {
			a.Gate = &kafka.Gate{Context: "here", Replace: map[string]string{"other-1": "x"}}
		}, "Gate.Replace[other-1] is of no pod"},
		"one volume for all": {func(a *kafka.Args) {
			a.Gate = &kafka.Gate{Context: "here", Replace: map[string]string{a.Plan.Pools[0].Pod(0): "x"}}
		}, "the pod has no volume of its own"},
		"image": {func(a *kafka.Args) { a.Image = image.Args{Context: "no/such/folder"} }, "no/such/folder"},
	} {
		t.Run(name, func(t *testing.T) {
			args := clusterArgs()
			c.change(args)
			resources, err := run(t, args)
			require.ErrorContains(t, err, c.says)
			assert.NotContains(t, err.Error(), "kafka-kraft:", "a component knows no keys of a stack's configuration")
			assert.Empty(t, resources)
		})
	}
	for name, program := range map[string]pulumi.RunFunc{
		"node pool":  func(ctx *pulumi.Context) error { _, err := kafka.NewNodePool(ctx, "x", nil); return err },
		"image":      func(ctx *pulumi.Context) error { _, err := image.New(ctx, "x", &image.Args{Context: "c"}); return err },
		"no image":   func(ctx *pulumi.Context) error { _, err := image.New(ctx, "x", nil); return err },
		"cluster id": func(ctx *pulumi.Context) error { _, err := clusterid.New(ctx, "x", nil); return err },
		"life":       func(ctx *pulumi.Context) error { _, err := kafka.NewLife(ctx, "x", nil); return err },
		"storage":    func(ctx *pulumi.Context) error { _, err := storage.NewShared(ctx, "x", nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			resources, err := record.Run(nil, program)
			require.Error(t, err)
			assert.Empty(t, resources)
		})
	}
}

// The pods' environment has a form of logs only where one is asked for: an image of before has no such setting.
func TestFormOfLogs(t *testing.T) {
	for json, want := range map[bool]bool{false: false, true: true} {
		args := clusterArgs()
		args.Settings.JSONLogs = json
		resources, err := run(t, args)
		require.NoError(t, err)
		assert.Equal(t, want, strings.Contains(fmt.Sprint(pod(t, resources)), "name:KAFKA_LOG_FORMAT value:json"))
	}
}
