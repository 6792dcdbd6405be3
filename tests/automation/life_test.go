package automation

import (
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// life is a walk: each step goes on where the one before ended.
type life struct {
	*kit.Kafka
	own     string
	options automation.Options
	stack   *automation.Stack
	outputs stacks.Outputs
	books   *ledger.Ledger
	mu      sync.Mutex
	events  []automation.Event
}

// TestLife is all that a program does with a stack, from nothing to nothing.
func TestLife(t *testing.T) {
	t.Parallel()
	cluster := kit.Kubernetes(t)
	w := &life{own: cluster.Own(t, "life"), books: ledger.New("life")}
	w.Kafka = &kit.Kafka{Cluster: cluster, Namespace: w.own}
	w.options = options(t, small(w.own, kit.Image(t)))
	show := w.options.Events
	w.options.Events = func(e automation.Event) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.events = append(w.events, e)
		show(e)
	}
	for _, step := range []struct {
		name string
		run  func(*life, *testing.T)
	}{
		{"up", (*life).up},
		{"records, whichever way a client goes", (*life).client},
		{"another stack refers to it", (*life).reference},
		{"an up with nothing to change", (*life).nothing},
		{"opened by name alone", (*life).byName},
		{"wrong passphrase", (*life).passphrase},
		{"credentials that are not accepted", (*life).credentials},
		{"drift is seen, and put back", (*life).drift},
		{"a field that somebody else took", (*life).conflict},
		{"a policy", (*life).policy},
		{"not ready in time", (*life).timeout},
		{"creations that were interrupted", (*life).pending},
		{"two at once", (*life).both},
		{"destroyed and forgotten", (*life).destroyed},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			t.Fatalf("the walk ends here: %s", step.name)
		}
	}
}

func (w *life) up(t *testing.T) {
	stack, err := automation.Open(t.Context(), w.own, w.options)
	require.NoError(t, err)
	w.stack = stack
	plan, err := stack.Preview(t.Context())
	require.NoError(t, err)
	assert.Positive(t, plan.Count()[review.Create])
	_, err = stack.Outputs(t.Context())
	must(t, err, automation.ErrNotFound, "Run Up")

	result, err := stack.Up(t.Context())
	require.NoError(t, err)
	w.outputs = result.Outputs
	assert.Equal(t, w.own, result.Outputs.Namespace)
	assert.Equal(t, plan.Count()[review.Create], result.Changes.Count()[review.Create], "the preview was right")
	require.NoError(t, w.PodsReady(t.Context(), "kafka-0"), "right after Up, without waiting")

	kinds := map[automation.EventKind]bool{}
	for _, e := range w.events {
		kinds[e.Kind] = true
		assert.Equal(t, w.own, e.Stack)
	}
	for _, kind := range []automation.EventKind{automation.Began, automation.Started, automation.Waiting, automation.Finished, automation.Ended} {
		assert.True(t, kinds[kind], "an event of kind %s", kind)
	}
}

func (w *life) client(t *testing.T) {
	client, err := w.stack.Client(t.Context(), ledger.Producer()...)
	require.NoError(t, err)
	defer client.Close()
	kit.CreateTopic(t, client, w.books.Topic(), 1, 1)
	require.NoError(t, w.books.Write(t.Context(), client, 500))
	w.readBack(t)

	_, err = kafkaclient.Connect(t.Context(), kafkaclient.Cluster{Inside: w.outputs.BootstrapServers})
	require.ErrorContains(t, err, "Kubernetes context")
	_, err = kafkaclient.Connect(t.Context(), kafkaclient.Cluster{Inside: w.outputs.BootstrapServers, Way: kafkaclient.NodePort})
	require.ErrorContains(t, err, "kafka-kraft:external")
	_, err = kafkaclient.Connect(t.Context(), kafkaclient.Cluster{Inside: w.outputs.BootstrapServers, Way: "pigeon"})
	require.ErrorContains(t, err, "pigeon")
}

// readBack reads all that was ever written.
func (w *life) readBack(t *testing.T) {
	t.Helper()
	w.MustReadBack(t, w.outputs.BootstrapServers, w.books)
}

func (w *life) reference(t *testing.T) {
	var seen stacks.Outputs
	second, err := auto.UpsertStackInlineSource(t.Context(), "second", "shop", func(ctx *pulumi.Context) (err error) {
		seen, err = stacks.FromReference(ctx, "organization/kafka-kraft/"+w.own)
		return err
	}, auto.EnvVars(map[string]string{"PULUMI_BACKEND_URL": w.options.Backend, "PULUMI_CONFIG_PASSPHRASE": w.options.Passphrase, "PULUMI_CONFIG_PASSPHRASE_FILE": ""}))
	require.NoError(t, err)
	_, err = second.Preview(t.Context())
	require.NoError(t, err)
	assert.Equal(t, w.outputs, seen, "in a preview already")
	t.Cleanup(func() { _ = os.RemoveAll(second.Workspace().WorkDir()) })
}

func (w *life) nothing(t *testing.T) {
	result, err := w.stack.Up(t.Context())
	require.NoError(t, err)
	assert.False(t, result.Changes.Changed(), "%v", result.Changes.Count())
	assert.Equal(t, w.outputs, result.Outputs)
	differences, err := w.stack.Drift(t.Context())
	require.NoError(t, err)
	assert.Empty(t, differences)
}

func (w *life) byName(t *testing.T) {
	stack := open(t, w.own, with(w.options, func(o *automation.Options) { o.Config = nil }))
	assert.Equal(t, *w.options.Config, stack.Config())
	outputs, err := stack.Outputs(t.Context())
	require.NoError(t, err)
	assert.Equal(t, w.outputs, outputs)
	plan, err := stack.Preview(t.Context())
	require.NoError(t, err)
	assert.False(t, plan.Changed(), "%v", plan.Count())
}

func (w *life) passphrase(t *testing.T) {
	wrong := with(w.options, func(o *automation.Options) { o.Passphrase = "wrong" })
	stack, err := automation.Open(t.Context(), w.own, wrong)
	if err == nil {
		defer func() { _ = stack.Close() }()
		_, err = stack.Up(t.Context())
	}
	must(t, err, automation.ErrPassphrase, "Options.Passphrase")
	w.nothing(t) // the state is as it was
}

func (w *life) credentials(t *testing.T) {
	connection := serverOf(t)
	for name, user := range map[string]string{
		"a token that nobody knows":      `{token: "expired"}`,
		"a certificate that has expired": expired(t),
	} {
		t.Run(name, func(t *testing.T) {
			o := with(w.options, func(o *automation.Options) { o.Kubeconfig = kubeconfig(t, connection, user) })
			_, err := open(t, w.own, o).Up(t.Context())
			must(t, err, automation.ErrCredentials, "Renew")
			if name != "a token that nobody knows" {
				assert.ErrorContains(t, err, "expired on")
			}
		})
	}
}

func (w *life) drift(t *testing.T) {
	kube, ctx := w.Cluster.Kube, t.Context()
	require.NoError(t, w.Scale(ctx, "kafka", 0))
	require.NoError(t, kube.PolicyV1().PodDisruptionBudgets(w.own).Delete(ctx, "kafka", metav1.DeleteOptions{}))
	maps, err := kube.CoreV1().ConfigMaps(w.own).List(ctx, metav1.ListOptions{LabelSelector: "app.kubernetes.io/component"})
	require.NoError(t, err)
	require.Len(t, maps.Items, 1)
	edited := maps.Items[0]
	edited.Data["server.properties"] += "\n# by hand\n"
	_, err = kube.CoreV1().ConfigMaps(w.own).Update(ctx, &edited, metav1.UpdateOptions{})
	require.NoError(t, err)

	differences, err := w.stack.Drift(ctx)
	require.NoError(t, err)
	found := map[string]automation.Difference{}
	for _, d := range differences {
		t.Log(d)
		found[d.Type] = d
	}
	require.Len(t, differences, 3)
	assert.True(t, found["kubernetes:policy/v1:PodDisruptionBudget"].Gone)
	assert.Equal(t, []automation.Field{{Path: "spec.replicas", Was: 1.0, Is: 0.0}}, found["kubernetes:apps/v1:StatefulSet"].Fields)
	require.Len(t, found["kubernetes:core/v1:ConfigMap"].Fields, 1)
	assert.Contains(t, found["kubernetes:core/v1:ConfigMap"].Fields[0].Is, "by hand")
	again, err := w.stack.Drift(ctx)
	require.NoError(t, err)
	assert.Equal(t, differences, again, "looking changed nothing")

	_, err = w.stack.Up(ctx)
	require.NoError(t, err)
	w.whole(t)
}

// whole: the cluster is what the configuration says, and has lost no record.
func (w *life) whole(t *testing.T) {
	t.Helper()
	require.NoError(t, w.PodsReady(t.Context(), "kafka-0"))
	differences, err := w.stack.Drift(t.Context())
	require.NoError(t, err)
	assert.Empty(t, differences)
	outputs, err := w.stack.Outputs(t.Context())
	require.NoError(t, err)
	assert.Equal(t, w.outputs, outputs, "same cluster id, same address")
	w.readBack(t)
}

func (w *life) conflict(t *testing.T) {
	force := true
	_, err := w.Cluster.Kube.AppsV1().StatefulSets(w.own).Patch(t.Context(), "kafka", types.ApplyPatchType,
		[]byte(`{"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "kafka"}, "spec": {"replicas": 0}}`),
		metav1.PatchOptions{FieldManager: "somebody", Force: &force})
	require.NoError(t, err)
	keeping := open(t, w.own, with(w.options, func(o *automation.Options) { o.KeepForeignFields = true }))
	_, err = keeping.Up(t.Context())
	must(t, err, automation.ErrConflict, "somebody", "spec.replicas", "KeepForeignFields")
	_, err = w.stack.Up(t.Context())
	require.NoError(t, err)
	w.whole(t)
}

func (w *life) policy(t *testing.T) {
	bad := *w.options.Config
	bad.Image = "localhost:5050/kafka-kraft/kafka:latest"
	o := with(w.options, func(o *automation.Options) { o.Config = &bad })
	_, err := open(t, w.own, o).Up(t.Context())
	must(t, err, automation.ErrPolicy, "image-digest")
	w.whole(t)
}

func (w *life) timeout(t *testing.T) {
	bad := *w.options.Config
	bad.Image = kit.Registry + "/kafka-kraft/kafka@sha256:0000000000000000000000000000000000000000000000000000000000000000"
	bad.Timeout = config.Duration(15 * time.Second)
	_, err := open(t, w.own, with(w.options, func(o *automation.Options) { o.Config = &bad })).Up(t.Context())
	must(t, err, automation.ErrTimeout, "kubectl describe pod")
	stack := open(t, w.own, w.options) // writes the good configuration again
	_, err = stack.Up(t.Context())
	require.NoError(t, err)
	w.whole(t)
}

// pending makes the state of a run that was killed while Kubernetes made objects: one
// that it did make, and one that it did not.
func (w *life) pending(t *testing.T) {
	interrupted := 0
	editState(t, w.options, w.own, func(latest map[string]any) {
		var operations []any
		resources := latest["resources"].([]any)
		latest["resources"] = slices.DeleteFunc(resources, func(item any) bool {
			r := item.(map[string]any)
			if r["type"] != "kubernetes:policy/v1:PodDisruptionBudget" && r["type"] != "kubernetes:networking.k8s.io/v1:NetworkPolicy" {
				return false
			}
			interrupted++
			delete(r, "id")
			delete(r, "outputs")
			operations = append(operations, map[string]any{"type": "creating", "resource": r})
			return true
		})
		latest["pending_operations"] = operations
	})
	require.GreaterOrEqual(t, interrupted, 2)
	require.NoError(t, w.Cluster.Kube.PolicyV1().PodDisruptionBudgets(w.own).Delete(t.Context(), "kafka", metav1.DeleteOptions{}))
	lockOf(t, w.options, w.own, ended(t))

	result, err := w.stack.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 1, result.Changes.Count()[review.Create], "only what was not there: %v", result.Changes.Count())
	w.whole(t)
	editState(t, w.options, w.own, func(latest map[string]any) { assert.Empty(t, latest["pending_operations"]) })
}

func (w *life) both(t *testing.T) {
	// Two handles are two programs: each runs a CLI of its own.
	stacks := []*automation.Stack{w.stack, open(t, w.own, w.options)}
	errs := make([]error, len(stacks))
	var done sync.WaitGroup
	for i, stack := range stacks {
		done.Go(func() { _, errs[i] = stack.Up(t.Context()) })
	}
	done.Wait()
	for _, err := range errs {
		if err != nil {
			must(t, err, automation.ErrLocked)
		}
	}
	t.Log(errs)
	w.whole(t)

	waiting := with(w.options, func(o *automation.Options) { o.LockWait = 2 * time.Minute })
	for i := range stacks {
		stacks[i] = open(t, w.own, waiting)
	}
	for i, stack := range stacks {
		done.Go(func() { _, errs[i] = stack.Up(t.Context()) })
	}
	done.Wait()
	for _, err := range errs {
		require.NoError(t, err, "with patience, both succeed")
	}
	w.whole(t)
}

func (w *life) destroyed(t *testing.T) {
	err := w.stack.Remove(t.Context())
	require.Error(t, err, "a stack that has resources is not forgotten")
	_, err = w.stack.Destroy(t.Context())
	require.NoError(t, err)
	empty(t, w.Kafka)
	require.NoError(t, w.stack.Remove(t.Context()))
	_, err = automation.Open(t.Context(), w.own, with(w.options, func(o *automation.Options) { o.Config = nil }))
	must(t, err, automation.ErrNotFound)
	require.NoError(t, w.stack.Close())
	left, err := filepath.Glob(filepath.Join(os.TempDir(), "kafka-kraft-*", "Pulumi."+w.own+".yaml"))
	require.NoError(t, err)
	assert.Empty(t, left, "nothing temporary is left")
}
