package faults_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	kubeappsv1 "k8s.io/api/apps/v1"
	kubemetav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/watch"

	"github.com/kafka-kraft/kafka-kraft/components/autoscale"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// The application, its topic and its group.
const scaled, scaledPartitions = "scaled", 6

// autoscaled: KEDA runs an application from none to as many as there are partitions and back to none.
// A broker that dies meanwhile takes no consumer away, and neither does an update. It needs a KEDA in
// the cluster, and is left out without one.
func autoscaled(t *testing.T, w *architecture) {
	for _, api := range []string{"keda.sh/v1alpha1", "external.metrics.k8s.io/v1beta1"} {
		if err := w.Cluster.Kube.RESTClient().Get().AbsPath("/apis/" + api).Do(t.Context()).Error(); err != nil {
			t.Skipf("there is no KEDA in the cluster: %s: %v", api, err)
		}
	}
	client := w.Writer(t)
	kit.CreateTopic(t, client, scaled, scaledPartitions, 3)
	application := newScaledApplication(t, w)
	application.up(t, "first")
	application.mustHave(t, "no replica, as there is nothing to read", func(n int32) bool { return n == 0 })

	// It commits every five seconds, so that some thousand records are unread at any time.
	load := kit.StartLoad(t, ledger.New(scaled), client, 1000)
	application.mustHave(t, "several replicas", func(n int32) bool { return n > 1 })
	least, most := application.watch(t)
	application.up(t, "second")

	pod := w.Brokers[0]
	before := w.restartsOf(t, []string{pod})
	require.NoError(t, w.Kill(t.Context(), pod))
	kit.Eventually(t, 3*time.Minute, pod+" is back", func() error { return w.areBack(t.Context(), before) })
	w.Whole(t, client)
	load.Stop(t)
	assert.GreaterOrEqual(t, least.Load(), int32(2), "nobody was taken away by the update or the death of a broker")
	assert.LessOrEqual(t, most.Load(), int32(scaledPartitions))

	application.mustHave(t, "no replica, when all is read", func(n int32) bool { return n == 0 })
	lag, err := kadm.NewClient(client).Lag(t.Context(), scaled)
	require.NoError(t, err)
	require.NoError(t, lag.Error())
	assert.Zero(t, lag[scaled].Lag.Total(), "and nothing was left behind")
}

// scaledApplication reads the topic.
type scaledApplication struct {
	w     *architecture
	stack auto.Stack
	text  string // in its pods, so that an update has something to change
}

func newScaledApplication(t *testing.T, w *architecture) *scaledApplication {
	t.Helper()
	a := &scaledApplication{w: w}
	var err error
	a.stack, err = auto.UpsertStackInlineSource(t.Context(), "scaled", "scaled", a.program(kit.Image(t)), auto.EnvVars(kit.InlineEnv(t)))
	require.NoError(t, err)
	require.NoError(t, a.stack.SetConfig(t.Context(), "kubernetes:context", auto.ConfigValue{Value: kit.Context}))
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		_, err := a.stack.Destroy(ctx)
		assert.NoError(t, err, "the ScaledObject goes, and then the application")
	})
	return a
}

func (a *scaledApplication) program(image string) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		labels := pulumi.StringMap{"app": pulumi.String(scaled)}
		target, err := appsv1.NewDeployment(ctx, scaled, &appsv1.DeploymentArgs{
			Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(scaled), Namespace: pulumi.String(a.w.Namespace)},
			Spec: appsv1.DeploymentSpecArgs{
				Replicas: pulumi.Int(1), Selector: metav1.LabelSelectorArgs{MatchLabels: labels},
				Template: corev1.PodTemplateSpecArgs{
					Metadata: metav1.ObjectMetaArgs{Labels: labels, Annotations: pulumi.StringMap{"run": pulumi.String(a.text)}},
					Spec: corev1.PodSpecArgs{Containers: corev1.ContainerArray{corev1.ContainerArgs{
						Name: pulumi.String("reader"), Image: pulumi.String(image),
						Command: pulumi.ToStringArray([]string{
							"kafka-console-consumer.sh", "--bootstrap-server", a.w.Bootstrap, "--topic", scaled, "--group", scaled, "--from-beginning",
						}),
						Env: corev1.EnvVarArray{corev1.EnvVarArgs{Name: pulumi.String("KAFKA_TOOL_OPTS"), Value: pulumi.String("-Xmx64m")}},
						Resources: corev1.ResourceRequirementsArgs{
							Requests: pulumi.StringMap{"cpu": pulumi.String("20m"), "memory": pulumi.String("128Mi")},
							Limits:   pulumi.StringMap{"memory": pulumi.String("384Mi")},
						},
					}}},
				},
			},
		}, autoscale.ReplicasIgnored())
		if err != nil {
			return err
		}
		_, err = autoscale.NewAutoscale(ctx, scaled, &autoscale.Args{
			Target: target, BootstrapServers: pulumi.String(a.w.Bootstrap),
			Group: scaled, Topic: scaled, Partitions: scaledPartitions, OffsetResetPolicy: autoscale.Earliest,
			LagThreshold: 500, ToZero: true, PollingInterval: 5 * time.Second, CooldownPeriod: 20 * time.Second,
		})
		return err
	}
}

func (a *scaledApplication) up(t *testing.T, text string) {
	t.Helper()
	a.text = text
	_, err := a.stack.Up(t.Context())
	require.NoError(t, err)
}

// mustHave waits until the number of replicas that are wanted of it is such a one.
func (a *scaledApplication) mustHave(t *testing.T, what string, is func(int32) bool) {
	t.Helper()
	kit.Eventually(t, 10*time.Minute, scaled+" has "+what, func() error {
		found, err := a.w.Cluster.Kube.AppsV1().Deployments(a.w.Namespace).Get(t.Context(), scaled, kubemetav1.GetOptions{})
		if err == nil && !is(*found.Spec.Replicas) {
			err = fmt.Errorf("it has %d", *found.Spec.Replicas)
		}
		return err
	})
}

// watch keeps the least and the largest number of replicas from now to the end of the load.
func (a *scaledApplication) watch(t *testing.T) (least, most *atomic.Int32) {
	t.Helper()
	found, err := a.w.Cluster.Kube.AppsV1().Deployments(a.w.Namespace).Watch(t.Context(), kubemetav1.ListOptions{FieldSelector: "metadata.name=" + scaled})
	require.NoError(t, err)
	t.Cleanup(found.Stop)
	least, most = &atomic.Int32{}, &atomic.Int32{}
	least.Store(scaledPartitions)
	go follow(found, least, most)
	return least, most
}

func follow(found watch.Interface, least, most *atomic.Int32) {
	for event := range found.ResultChan() {
		if deployment, is := event.Object.(*kubeappsv1.Deployment); is && deployment.Spec.Replicas != nil {
			n := *deployment.Spec.Replicas
			least.Store(min(least.Load(), n))
			most.Store(max(most.Load(), n))
		}
	}
}
