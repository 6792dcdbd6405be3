package engine

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
	"github.com/kafka-kraft/kafka-kraft/plugin"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// gated is a stack of one gate.
type gated struct {
	auto.Stack
	namespace, revision, timeout string
}

func newGated(t *testing.T, name string) *gated {
	t.Helper()
	kit.Engine(t)
	g := &gated{namespace: name, revision: "one", timeout: "1m"}
	made, err := auto.UpsertStackInlineSource(t.Context(), name, "kafka-kraft", g.program, auto.EnvVars(kit.InlineEnv(t)))
	require.NoError(t, err)
	g.Stack = made
	return g
}

func (g *gated) program(ctx *pulumi.Context) error {
	var gate pulumi.CustomResourceState
	return ctx.RegisterResource(kafka.RolloutType, "kafka", pulumi.Map{
		"context": pulumi.String(kit.Context), "namespace": pulumi.String(g.namespace), "statefulSet": pulumi.String(fakekube.Set),
		"replicas": pulumi.Int(1), "revision": pulumi.String(g.revision),
	}, &gate, pulumi.Timeouts(&pulumi.CustomTimeouts{Create: g.timeout, Update: g.timeout}))
}

// preview returns what a preview says, and whether it would change something.
func (g *gated) preview(t *testing.T) (string, bool) {
	t.Helper()
	result, err := g.Preview(t.Context(), optpreview.SuppressProgress())
	require.NoError(t, err)
	return result.StdOut + result.StdErr, result.ChangeSummary[apitype.OpCreate]+result.ChangeSummary[apitype.OpUpdate] > 0
}

// up returns what an up says.
func (g *gated) up(ctx context.Context) (string, error) {
	var said strings.Builder
	_, err := g.Up(ctx, optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
	return said.String(), err
}

// unfinished is what the state says of the gate.
func (g *gated) unfinished(t *testing.T) string {
	t.Helper()
	exported, err := g.Export(t.Context())
	require.NoError(t, err)
	var state apitype.DeploymentV3
	require.NoError(t, json.Unmarshal(exported.Deployment, &state))
	for _, r := range state.Resources {
		if r.Type == kafka.RolloutType {
			return strings.Join(r.InitErrors, "\n")
		}
	}
	t.Fatal("no gate in the state")
	return ""
}

// TestGate takes a gate through all that can come in its way, with the real engine and the
// provider within this process: no cluster, Ctrl-C, a refresh, and the end.
func TestGate(t *testing.T) {
	withoutCluster(t)
	g := newGated(t, "kk-test-gate")

	text, changes := g.preview(t)
	assert.True(t, changes)
	assert.Contains(t, text, "would wait until 1 pod of kafka run, are ready and have caught up")
	g.timeout = "3s"
	text, err := g.up(t.Context())
	require.Error(t, err)
	assert.Contains(t, text, "stateful set kk-test-gate/kafka")
	assert.Contains(t, text, "connection refused")
	assert.Contains(t, text, "context deadline exceeded")

	// The next up goes on with it, though nothing of it differs.
	kube := fakekube.New(t)
	t.Setenv("KUBECONFIG", kube.Kubeconfig(t, kit.Context))
	g.timeout = "1m"
	text, changes = g.preview(t)
	assert.True(t, changes)
	assert.Contains(t, text, "would go on until 1 pod of kafka are up to date, are ready and have caught up; now 1 of 1 pods are up to date, 0 are ready")

	// Ctrl-C ends the wait at once, and the state knows.
	ctx, cancel := context.WithCancel(t.Context())
	asked := kube.Asked(g.namespace)
	var cut time.Time
	go func() {
		for kube.Asked(g.namespace) < asked+3 {
			time.Sleep(10 * time.Millisecond)
		}
		cut = time.Now()
		cancel()
	}()
	_, err = g.up(ctx)
	require.Error(t, err)
	assert.Less(t, time.Since(cut), 20*time.Second)
	assert.Contains(t, g.unfinished(t), "cut off, and the next up goes on: stateful set kk-test-gate/kafka: 1 of 1 pods are up to date, 0 are ready")

	// So it does, and a refresh in between that finds all well does not make it forget.
	kube.Ready(1)
	_, err = g.Refresh(t.Context())
	require.NoError(t, err)
	assert.Contains(t, g.unfinished(t), "was cut off; the next up goes on with it")
	text, err = g.up(t.Context())
	require.NoError(t, err, text)
	assert.Empty(t, g.unfinished(t))
	text, changes = g.preview(t)
	assert.False(t, changes, text)

	// What a refresh finds not as it should be is gone through again. It is no drift: nobody
	// has changed the gate.
	kube.Ready(0)
	refreshed, err := g.Refresh(t.Context())
	require.NoError(t, err)
	assert.Zero(t, (*refreshed.Summary.ResourceChanges)["update"])
	assert.Contains(t, g.unfinished(t), "0 are ready")
	kube.Ready(1)
	_, err = g.up(t.Context())
	require.NoError(t, err)

	// Where no cluster answers, nothing is known, and nothing is made of that.
	withoutCluster(t)
	_, err = g.Refresh(t.Context())
	require.NoError(t, err)
	assert.Empty(t, g.unfinished(t))
	g.revision = "two"
	text, changes = g.preview(t)
	assert.True(t, changes)
	assert.Contains(t, text, "would restart 1 pod of kafka")
	assert.Contains(t, text, "where its pods are now is not known, so the plan is not, either")
	_, err = g.Destroy(t.Context())
	require.NoError(t, err)
}

// TestGateOfAnOldStack: a stack that was made without gates gets them, and nothing of it is
// replaced; nor is it when it goes back. The Kubernetes plugin only writes files.
func TestGateOfAnOldStack(t *testing.T) {
	kit.Engine(t)
	kube := fakekube.New(t)
	kube.Ready(1)
	t.Setenv("KUBECONFIG", "") // which that plugin would take for a wish to talk to a cluster
	served, err := plugin.Serve(kube.Kubeconfig(t, kit.Context))
	require.NoError(t, err)
	defer served.Close()
	env := kit.StateEnv(t)
	served.Env(env)
	folder := t.TempDir()
	var gate *kafka.Gate
	stack, err := auto.UpsertStackInlineSource(t.Context(), "kk-test-gate-old", "shop", func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "files", &kubernetes.ProviderArgs{RenderYamlToDirectory: pulumi.String(folder)})
		if err != nil {
			return err
		}
		_, err = kafka.New(ctx, "orders", &kafka.Args{
			Plan:  topology.Plan{Name: fakekube.Set, Namespace: "shop"}.Combined(topology.Pool{Replicas: 1}),
			Image: image.Args{Reference: pulumi.String("registry.example/kafka:4.4.0")}, Gate: gate,
		}, pulumi.Provider(provider))
		return err
	}, auto.EnvVars(env))
	require.NoError(t, err)
	_, err = stack.Up(t.Context(), optup.SuppressProgress())
	require.NoError(t, err)

	changes := func(want ...string) {
		t.Helper()
		plan, err := planOf(t, stack)
		require.NoError(t, err)
		var changed []string
		for _, step := range plan.Steps {
			if !strings.HasPrefix(step.Type, "pulumi:providers:") && step.Op != review.Same {
				changed = append(changed, string(step.Op)+" "+step.Type)
			}
		}
		assert.Equal(t, want, changed)
		_, err = stack.Up(t.Context(), optup.SuppressProgress())
		require.NoError(t, err)
	}
	gate = &kafka.Gate{Context: kit.Context}
	all := []string{gates.CapacityType, gates.MembershipType, gates.QuorumType, kafka.RolloutType, gates.EvacuationType}
	// The gate restarts pods from now on, or no more (its update strategy).
	strategy := "update kubernetes:apps/v1:StatefulSet"
	with := func(word string) []string { return slices.Insert(each(word, all), len(all)-1, strategy) }
	changes(with("create ")...)
	changes()
	gate = nil
	changes(with("delete ")...)
}

// each puts a word before every one.
func each(word string, all []string) []string {
	var with []string
	for _, one := range all {
		with = append(with, word+one)
	}
	return with
}

// TestGatesSideBySide: two stacks of one process wait at the same time, and the end of one
// is none of the other's.
func TestGatesSideBySide(t *testing.T) {
	kube := fakekube.New(t)
	t.Setenv("KUBECONFIG", kube.Kubeconfig(t, kit.Context))
	one, two := newGated(t, "kk-test-gate-one"), newGated(t, "kk-test-gate-two")
	ctx, cancel := context.WithCancel(t.Context())
	var both sync.WaitGroup
	var canceled, done error
	both.Go(func() { _, canceled = one.up(ctx); kube.Ready(1) })
	both.Go(func() { _, done = two.up(t.Context()) })
	waits := func(g *gated) bool { return kube.Asked(g.namespace) > 0 }
	require.Eventually(t, func() bool { return waits(one) && waits(two) }, time.Minute, 10*time.Millisecond)
	cancel()
	both.Wait()
	require.Error(t, canceled)
	require.NoError(t, done)
	assert.Contains(t, one.unfinished(t), "cut off, and the next up goes on")
	assert.Empty(t, two.unfinished(t))
}

// TestGateKilled: who is killed writes nothing down. The next up goes on all the same, with
// a gate that was being made and with one that was there.
func TestGateKilled(t *testing.T) {
	kube := fakekube.New(t)
	t.Setenv("KUBECONFIG", kube.Kubeconfig(t, kit.Context))
	g := newGated(t, "kk-test-gate-killed")
	for _, g.revision = range []string{"one", "two"} {
		kube.Ready(0)
		killed, asked := make(chan error), kube.Asked(g.namespace)
		go func() { _, err := g.up(t.Context()); killed <- err }()
		require.Eventually(t, func() bool { return kube.Asked(g.namespace) > asked+2 }, time.Minute, 10*time.Millisecond)
		require.NoError(t, syscall.Kill(kit.ChildCalled(t, "pulumi"), syscall.SIGKILL))
		require.Error(t, <-killed)
		require.NoError(t, g.Cancel(t.Context()), "its lock is all that is in the way")

		asked = kube.Asked(g.namespace)
		kube.Ready(1)
		text, err := g.up(t.Context())
		require.NoError(t, err, text)
		assert.Greater(t, kube.Asked(g.namespace), asked, "the pods were waited for")
		assert.Empty(t, g.unfinished(t))
	}
}

// TestGateByTheCommandLine: Pulumi's own language host builds the program, and the engine
// finds the provider in it. Where nothing has built it, the provider builds itself, and
// where it cannot, that is said.
func TestGateByTheCommandLine(t *testing.T) {
	withoutCluster(t)
	cli := kit.NewCheckout(t)
	const stack = "kk-test-gate-cli"
	cli.CopyStack("ci", stack)
	cli.Run("pulumi", "stack", "init", stack)
	require.NoError(t, os.WriteFile(filepath.Join(cli.Dir(), "state.json"), []byte(stateOfOneGate(t, stack)), 0o600))
	const imported, destroyed = "pulumi stack import --file state.json && ", "pulumi destroy --yes --skip-preview --stack " + stack
	const withoutGo = `mkdir without && printf '#!/bin/sh\nexit 127\n' > without/go && chmod +x without/go && PATH="$PWD/without:$PATH" `
	text := cli.Run("sh", "-c", imported+withoutGo+destroyed+" 2>&1 && exit 1 || exit 0")
	assert.Contains(t, text, "provider kafka-kraft is the program itself, which is not built yet")
	assert.Contains(t, text, "go build -o kafka-kraft .")
	assert.Contains(t, cli.Run("sh", "-c", destroyed), "kafka-kraft:ops:Rollout gone deleted")

	cli.Run("sh", "-c", imported+"rm kafka-kraft")
	text = cli.Run("pulumi", "preview", "--stack", stack)
	assert.Contains(t, text, "would wait until 3 pods of ci-kafka-broker run, are ready and have caught up")
	assert.Contains(t, cli.Run("sh", "-c", destroyed), "kafka-kraft:ops:Rollout gone deleted")
}

// stateOfOneGate is what an up leaves that made nothing but a gate.
func stateOfOneGate(t *testing.T, stack string) string {
	t.Helper()
	const provider, id = "pulumi:providers:kafka-kraft", "11111111-2222-4333-8444-555555555555"
	urn := func(kind, name string) string { return "urn:pulumi:" + stack + "::kafka-kraft::" + kind + "::" + name }
	inputs := map[string]any{"context": kit.Context, "namespace": "n", "statefulSet": "gone", "replicas": 1, "revision": "one"}
	text, err := json.Marshal(map[string]any{"version": 3, "deployment": map[string]any{
		"manifest": map[string]any{"time": "2026-01-01T00:00:00Z", "magic": "", "version": ""},
		"resources": []any{
			map[string]any{"urn": urn("pulumi:pulumi:Stack", "kafka-kraft-"+stack), "custom": false, "type": "pulumi:pulumi:Stack"},
			map[string]any{"urn": urn(provider, "default"), "custom": true, "id": id, "type": provider},
			map[string]any{
				"urn": urn(kafka.RolloutType, "gone"), "custom": true, "id": "n/gone", "type": kafka.RolloutType,
				"inputs": inputs, "outputs": inputs, "provider": urn(provider, "default") + "::" + id,
			},
		},
	}})
	require.NoError(t, err)
	return string(text)
}
