package autoscale_test

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/components/autoscale"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// go test ./components/autoscale -update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files anew")

const (
	scaledObject   = "kubernetes:keda.sh/v1alpha1:ScaledObject orders"
	authentication = "kubernetes:keda.sh/v1alpha1:TriggerAuthentication orders"
)

// least is what has to be said of an application.
func least(target pulumi.Resource) *autoscale.Args {
	return &autoscale.Args{
		Target: target, BootstrapServers: pulumi.String("kafka-bootstrap.kafka.svc.cluster.local:9092"),
		Group: "orders", Topic: "placed", Partitions: 6, OffsetResetPolicy: autoscale.Earliest, LagThreshold: 100,
	}
}

// deployment is an application with these labels, and pods with those.
func deployment(ctx *pulumi.Context, name string, labels, pods map[string]string, opts ...pulumi.ResourceOption) (*appsv1.Deployment, error) {
	return appsv1.NewDeployment(ctx, "orders", &appsv1.DeploymentArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(name), Namespace: pulumi.String("shop"), Labels: pulumi.ToStringMap(labels)},
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(2), Selector: metav1.LabelSelectorArgs{MatchLabels: pulumi.ToStringMap(pods)},
			Template: corev1.PodTemplateSpecArgs{Metadata: metav1.ObjectMetaArgs{Labels: pulumi.ToStringMap(pods)}},
		},
	}, opts...)
}

// scaled records an application called orders and what scales it, as change says.
func scaled(change func(*autoscale.Args)) ([]record.Resource, error) {
	return record.Run(nil, func(ctx *pulumi.Context) error {
		target, err := deployment(ctx, "orders", nil, map[string]string{"app": "orders"}, autoscale.ReplicasIgnored())
		if err != nil {
			return err
		}
		args := least(target)
		change(args)
		_, err = autoscale.NewAutoscale(ctx, "orders", args)
		return err
	})
}

func TestGolden(t *testing.T) {
	for name, change := range map[string]func(*autoscale.Args){
		"least": func(*autoscale.Args) {},
		"full": func(a *autoscale.Args) {
			a.MinReplicas, a.MaxReplicas, a.ToZero = 2, 5, true
			a.ActivationLagThreshold, a.PollingInterval, a.CooldownPeriod = 7, 10*time.Second, time.Minute
			a.LimitToPartitionsWithLag, a.ExcludePersistentLag = true, true
			a.Fallback = autoscale.Fallback{FailureThreshold: 5, Replicas: 4}
			a.Behavior = autoscale.Behavior{
				ScaleUpPercent: 50, ScaleUpPeriod: 20 * time.Second, ScaleDownPods: 2, ScaleDownPeriod: 2 * time.Minute, StabilizationWindow: time.Hour,
			}
		},
		"certificate": func(a *autoscale.Args) {
			a.Security = &autoscale.Security{UserSecret: pulumi.String("kafka-user-keda")}
		},
		"password": func(a *autoscale.Args) {
			a.Security = &autoscale.Security{UserSecret: pulumi.String("kafka-user-keda"), Username: "keda"}
		},
		"nobody": func(a *autoscale.Args) {
			a.Security = &autoscale.Security{CAConfigMap: pulumi.String("kafka-ca")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := scaled(change)
			require.NoError(t, err)
			var text strings.Builder
			for _, r := range made {
				if r.Parent != autoscale.Type+" orders" {
					continue
				}
				document, err := yaml.Marshal(r.Inputs)
				require.NoError(t, err)
				text.WriteString("---\n" + string(document))
			}
			file := "testdata/" + name + ".golden.yaml"
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text.String(), "\n")); diff != "" {
				t.Errorf("what is made has changed; if that is meant: go test ./components/autoscale -update\n%s", diff)
			}
		})
	}
}

// The ScaledObject goes before the application, whose replicas are nobody else's.
func TestOrder(t *testing.T) {
	made, err := scaled(func(a *autoscale.Args) {
		a.Security = &autoscale.Security{UserSecret: pulumi.String("kafka-user-keda")}
	})
	require.NoError(t, err)
	find := func(name string) record.Resource {
		i := slices.IndexFunc(made, func(r record.Resource) bool { return r.String() == name })
		require.GreaterOrEqual(t, i, 0, name)
		return made[i]
	}
	assert.Equal(t, []string{"spec.replicas"}, find("kubernetes:apps/v1:Deployment orders").Ignored)
	assert.Contains(t, find(scaledObject).Waits, "kubernetes:apps/v1:Deployment orders")
	assert.Contains(t, find(scaledObject).Waits, authentication)
}

// A StatefulSet is scaled in the same way.
func TestStatefulSet(t *testing.T) {
	made, err := record.Run(nil, func(ctx *pulumi.Context) error {
		target, err := appsv1.NewStatefulSet(ctx, "orders", &appsv1.StatefulSetArgs{
			Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("orders")},
		})
		if err != nil {
			return err
		}
		_, err = autoscale.NewAutoscale(ctx, "orders", least(target))
		return err
	})
	require.NoError(t, err)
	i := slices.IndexFunc(made, func(r record.Resource) bool { return r.String() == scaledObject })
	require.GreaterOrEqual(t, i, 0)
	spec := made[i].Inputs["spec"].(map[string]any)
	assert.Equal(t, map[string]any{"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "orders"}, spec["scaleTargetRef"])
}

// No pool of this product is ever scaled, nor a Kafka of others.
func TestKafkaItself(t *testing.T) {
	made, err := record.Run(nil, func(ctx *pulumi.Context) error {
		cluster, err := kafka.New(ctx, "demo", &kafka.Args{Image: image.Args{Reference: pulumi.String("registry.example.com/kafka:4.4.0")}})
		if err != nil {
			return err
		}
		_, err = autoscale.NewAutoscale(ctx, "orders", least(cluster.Pools[0].StatefulSet))
		return err
	})
	require.ErrorContains(t, err, "is Kafka itself, by its labels: its pods hold records and votes")
	assert.False(t, slices.ContainsFunc(made, func(r record.Resource) bool { return r.String() == scaledObject }))

	for name, labels := range map[string][2]map[string]string{
		"a broker's pods":     {nil, {"kafka-broker": "true"}},
		"a controller's pods": {nil, {"kafka-controller": "true"}},
		"another Kafka":       {{"app.kubernetes.io/name": "kafka"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := record.Run(nil, func(ctx *pulumi.Context) error {
				target, err := deployment(ctx, "orders", labels[0], labels[1])
				if err != nil {
					return err
				}
				_, err = autoscale.NewAutoscale(ctx, "orders", least(target))
				return err
			})
			require.ErrorContains(t, err, "the Deployment orders is Kafka itself")
		})
	}
}

func TestLongName(t *testing.T) {
	_, err := record.Run(nil, func(ctx *pulumi.Context) error {
		target, err := deployment(ctx, strings.Repeat("a", 55), nil, nil)
		if err != nil {
			return err
		}
		_, err = autoscale.NewAutoscale(ctx, "orders", least(target))
		return err
	})
	require.ErrorContains(t, err, "has a name of 55 characters, and KEDA takes at most 54")
}

// Everything that is wrong is told at once, before anything is registered.
func TestProblems(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*autoscale.Args)
		says   []string
	}{
		"nothing said": {func(a *autoscale.Args) { *a = autoscale.Args{} }, []string{
			`autoscale "orders": the Target is missing`, "BootstrapServers is missing", "Group is missing", `Topic ""`, "Partitions 0",
			`OffsetResetPolicy "" must be earliest or latest`, "LagThreshold 0 must be 1 or more",
		}},
		"no application":       {func(a *autoscale.Args) { a.Target = &corev1.Pod{} }, []string{"Target is a *v1.Pod, and must be"}},
		"no Deployment":        {func(a *autoscale.Args) { a.Target = (*appsv1.Deployment)(nil) }, []string{"Target is missing"}},
		"topic":                {func(a *autoscale.Args) { a.Topic = "a b" }, []string{`Topic "a b"`}},
		"policy":               {func(a *autoscale.Args) { a.OffsetResetPolicy = "none" }, []string{`OffsetResetPolicy "none"`}},
		"more than partitions": {func(a *autoscale.Args) { a.MaxReplicas = 7 }, []string{"MaxReplicas 7 must be 1 to 6: a consumer beyond"}},
		"less than none":       {func(a *autoscale.Args) { a.MaxReplicas = -1 }, []string{"MaxReplicas -1"}},
		"least above most":     {func(a *autoscale.Args) { a.MinReplicas, a.MaxReplicas = 4, 3 }, []string{"MinReplicas 4 must be 1 to MaxReplicas, which is 3"}},
		"least below none":     {func(a *autoscale.Args) { a.MinReplicas = -1 }, []string{"MinReplicas -1"}},
		"skipped":              {func(a *autoscale.Args) { a.ToZero, a.OffsetResetPolicy = true, autoscale.Latest }, []string{"ToZero needs an application with auto.offset.reset earliest"}},
		"never awake":          {func(a *autoscale.Args) { a.ToZero, a.ActivationLagThreshold = true, -1 }, []string{"ActivationLagThreshold -1 must be 0 or more"}},
		"polling":              {func(a *autoscale.Args) { a.ToZero, a.PollingInterval = true, 1500*time.Millisecond }, []string{"PollingInterval 1.5s must be whole seconds from 1s"}},
		"cooldown":             {func(a *autoscale.Args) { a.ToZero, a.CooldownPeriod = true, -time.Second }, []string{"CooldownPeriod -1s"}},
		"without effect": {func(a *autoscale.Args) {
			a.ActivationLagThreshold, a.PollingInterval, a.CooldownPeriod = 1, time.Second, time.Second
		}, []string{"ActivationLagThreshold 1 has no effect", "PollingInterval 1s has no effect", "CooldownPeriod 1s has no effect"}},
		"fallback":         {func(a *autoscale.Args) { a.Fallback = autoscale.Fallback{FailureThreshold: -1, Replicas: 7} }, []string{"Fallback.FailureThreshold -1", "Fallback.Replicas 7 must be 1 to MaxReplicas, which is 6"}},
		"fallback to none": {func(a *autoscale.Args) { a.Fallback.Replicas = -1 }, []string{"Fallback.Replicas -1"}},
		"steps":            {func(a *autoscale.Args) { a.Behavior.ScaleUpPercent, a.Behavior.ScaleDownPods = -1, -1 }, []string{"Behavior.ScaleUpPercent -1", "Behavior.ScaleDownPods -1"}},
		"periods": {func(a *autoscale.Args) {
			a.Behavior.ScaleUpPeriod, a.Behavior.ScaleDownPeriod = time.Hour, time.Millisecond
		}, []string{"Behavior.ScaleUpPeriod 1h0m0s must be whole seconds from 1s to 30m0s", "Behavior.ScaleDownPeriod 1ms"}},
		"window":        {func(a *autoscale.Args) { a.Behavior.StabilizationWindow = 2 * time.Hour }, []string{"Behavior.StabilizationWindow 2h0m0s must be whole seconds from 1s to 1h0m0s"}},
		"trusts nobody": {func(a *autoscale.Args) { a.Security = &autoscale.Security{} }, []string{"Security needs UserSecret"}},
		"a name without a Secret": {func(a *autoscale.Args) {
			a.Security = &autoscale.Security{Username: "keda", CAConfigMap: pulumi.String("ca")}
		}, []string{`Security.Username "keda" needs UserSecret`}},
		"the group begins at last": {func(a *autoscale.Args) { a.OffsetResetPolicy = autoscale.Latest }, nil},
		"as many as partitions":    {func(a *autoscale.Args) { a.MinReplicas, a.MaxReplicas = 6, 6 }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			made, err := scaled(test.change)
			if test.says == nil {
				require.NoError(t, err)
				return
			}
			for _, words := range test.says {
				require.ErrorContains(t, err, words)
			}
			lines := strings.Split(strings.TrimSpace(err.Error()), "\n") // after Pulumi's heading
			assert.Len(t, lines[1:], len(test.says), "and nothing else: %v", err)
			assert.False(t, slices.ContainsFunc(made, func(r record.Resource) bool { return r.Type == autoscale.Type }))
		})
	}
	_, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := autoscale.NewAutoscale(ctx, "orders", nil)
		return err
	})
	require.ErrorContains(t, err, "Target is missing")
}
