package kafka_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/internal/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func clusterArgs() *kafka.ClusterArgs {
	size := topology.Size{Heap: "256Mi", CPURequest: "1", MemoryRequest: "1Gi", MemoryLimit: "1Gi", EphemeralStorage: "1Gi"}
	id := pulumi.String("lIu-zdvJAJnZ_4jr4Hmu3Q").ToStringOutput()
	return &kafka.ClusterArgs{
		Plan: topology.Plan{Name: "k", Namespace: "n", Shared: &topology.Shared{HostPath: "/mnt/data", Size: "1Gi"}}.
			Combined(topology.Pool{Replicas: 1, Size: size}),
		ClusterID: id, DirectoryIDs: []pulumi.StringOutput{id}, Image: pulumi.String("kafka"),
		Settings: kafka.Settings{
			Replication: 1, MinInSync: 1, Timeout: "1m",
			Probes: kafka.Probes{Startup: 60, Period: 7, Liveness: 20, Timeout: 1}, GraceSeconds: 60,
		},
	}
}

func run(t *testing.T, args *kafka.ClusterArgs) ([]record.Resource, error) {
	t.Helper()
	return record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := kafka.NewCluster(ctx, "k", args)
		return err
	})
}

func TestClusterWithoutExtras(t *testing.T) {
	resources, err := run(t, clusterArgs())
	require.NoError(t, err)
	var types []string
	for _, r := range resources {
		types = append(types, r.Type)
	}
	assert.Equal(t, []string{
		kafka.ClusterType, kafka.NodePoolType, "kubernetes:apps/v1:StatefulSet", "kubernetes:core/v1:ConfigMap",
		"kubernetes:core/v1:Service", "kubernetes:core/v1:Service", "kubernetes:core/v1:ServiceAccount",
		"kubernetes:policy/v1:PodDisruptionBudget",
	}, types)
}

func TestPodMonitor(t *testing.T) {
	args := clusterArgs()
	args.PodMonitor = true
	resources, err := run(t, args)
	require.NoError(t, err)
	for _, r := range resources {
		if r.Type == "kubernetes:monitoring.coreos.com/v1:PodMonitor" {
			assert.Equal(t, map[string]any{
				"selector":            map[string]any{"matchLabels": map[string]any{"app.kubernetes.io/name": "kafka", "app.kubernetes.io/instance": "k"}},
				"podMetricsEndpoints": []any{map[string]any{"port": "metrics", "path": "/metrics"}},
			}, r.Inputs["spec"])
			return
		}
	}
	t.Error("no PodMonitor")
}

// A constructor that is called wrongly says so, and registers nothing.
func TestWrongArguments(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*kafka.ClusterArgs)
		says   string
	}{
		"no pools":          {func(a *kafka.ClusterArgs) { a.Plan.Pools = nil }, "no pools"},
		"ids and voters":    {func(a *kafka.ClusterArgs) { a.DirectoryIDs = nil }, "0 DirectoryIDs for 1 voters"},
		"no namespace":      {func(a *kafka.ClusterArgs) { a.Plan.Namespace = "" }, "Plan.Namespace"},
		"no cluster id":     {func(a *kafka.ClusterArgs) { a.ClusterID = nil }, "ClusterID"},
		"no image":          {func(a *kafka.ClusterArgs) { a.Image = nil }, "Image"},
		"no replicas":       {func(a *kafka.ClusterArgs) { a.Settings.Replication = 0 }, "Settings.Replication"},
		"no in-sync":        {func(a *kafka.ClusterArgs) { a.Settings.MinInSync = 0 }, "Settings.MinInSync"},
		"no timeout":        {func(a *kafka.ClusterArgs) { a.Settings.Timeout = "" }, "Settings.Timeout"},
		"no period":         {func(a *kafka.ClusterArgs) { a.Settings.Probes.Period = 0 }, "Settings.Probes.Period"},
		"heap":              {func(a *kafka.ClusterArgs) { a.Plan.Pools[0].Size.Heap = "big" }, `Heap "big"`},
		"cpu limit":         {func(a *kafka.ClusterArgs) { a.Plan.Pools[0].Size.CPULimit = "all" }, `CPULimit "all"`},
		"owned property":    {func(a *kafka.ClusterArgs) { a.Plan.Pools[0].Properties = map[string]string{"node.id": "1"} }, "node.id"},
		"no place at all":   {func(a *kafka.ClusterArgs) { a.Plan.Shared = nil }, "shared claim or claims per pod"},
		"two places at all": {func(a *kafka.ClusterArgs) { a.Plan.Pools[0].Claims = []topology.Claim{{Name: "data", Size: "1Gi"}} }, "shared claim or claims per pod"},
	} {
		t.Run(name, func(t *testing.T) {
			args := clusterArgs()
			c.change(args)
			resources, err := run(t, args)
			require.ErrorContains(t, err, c.says)
			assert.Empty(t, resources)
		})
	}
	for name, program := range map[string]pulumi.RunFunc{
		"cluster":    func(ctx *pulumi.Context) error { _, err := kafka.NewCluster(ctx, "x", nil); return err },
		"node pool":  func(ctx *pulumi.Context) error { _, err := kafka.NewNodePool(ctx, "x", nil); return err },
		"image":      func(ctx *pulumi.Context) error { _, err := image.New(ctx, "x", &image.Args{Context: "c"}); return err },
		"no image":   func(ctx *pulumi.Context) error { _, err := image.New(ctx, "x", nil); return err },
		"cluster id": func(ctx *pulumi.Context) error { _, err := clusterid.New(ctx, "x", nil); return err },
		"storage":    func(ctx *pulumi.Context) error { _, err := storage.NewShared(ctx, "x", nil); return err },
	} {
		t.Run(name, func(t *testing.T) {
			resources, err := record.Run(nil, program)
			require.Error(t, err)
			assert.Empty(t, resources)
		})
	}
}
