package bench_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// newStack makes a stack like ci, with a program of the test's choice. Ports of NodePorts begin at base.
func newStack(t *testing.T, purpose string, program pulumi.RunFunc, base int) *kit.Kafka {
	t.Helper()
	k := kit.NewKafka(t, purpose, "ci", kit.Config{"external.basePort": fmt.Sprint(base), "retainData": "false"})
	k.Stack.Workspace().SetProgram(program)
	return k
}

// prepareStack compares how long a stack takes from nothing.
func prepareStack(t *testing.T, _ bool) plan {
	t.Helper()
	our := newStack(t, "ours", stacks.Program, 31092)
	comesUp(our)(t) // so that every node has the image
	return plan{
		how: "Stack ci, three controllers and three brokers on the local cluster, in a namespace that does not exist yet; the " +
			"image is there. Timed from the start of pulumi up to the moment at which it has returned and a new topic with 6 " +
			"partitions has its 3 replicas in sync. Destroyed in between, without being timed.",
		versions: clusterVersions(t, our),
		sides: []side{
			{nameOurs, isStack, comesUp(our)},
			{nameOrdered, isOrdered, comesUp(newStack(t, "ordered", variant(ordered), 31092))},
			{nameDelayed, isDelayed, comesUp(newStack(t, "delayed", variant(delayed), 31092))},
		},
		rows: []row{
			{what: "pulumi up to all ISR complete, stack ci", figure: "time", unit: "s", theirs: nameOrdered, aim: bench.Aim{Ratio: 0.5}},
			{what: "pulumi up to all ISR complete, stack ci", figure: "time", unit: "s", theirs: nameDelayed, aim: bench.Aim{Ratio: 0.5}},
		},
	}
}

// comesUp measures a stack from nothing, and ends where it began.
func comesUp(k *kit.Kafka) func(*testing.T) sample {
	return func(t *testing.T) sample {
		begin := time.Now()
		outputs := k.MustUp(t)
		up := time.Since(begin).Seconds()
		kit.CreateTopic(t, client(t, k, outputs), "bench", 6, 3)
		took := time.Since(begin).Seconds()
		k.MustDestroy(t)
		return sample{"time": took, "up": up}
	}
}

func client(t *testing.T, k *kit.Kafka, outputs auto.OutputMap) *kgo.Client {
	t.Helper()
	bootstrap, ok := outputs["bootstrapServers"].Value.(string)
	require.True(t, ok, "output bootstrapServers")
	return k.Client(t, bootstrap)
}

// preparePod compares how long a broker is away when its pod is deleted.
func preparePod(t *testing.T, _ bool) plan {
	t.Helper()
	our := newStack(t, "ours", stacks.Program, 31092)
	their := newStack(t, "delayed", variant(delayed), 31192)
	return plan{
		how: "Two stacks like ci side by side on the local cluster, each with a topic of 6 partitions and 3 replicas. Timed " +
			"from the deletion of a broker's pod, as kubectl does it, to the moment at which its successor is ready and every " +
			"partition has 3 replicas in sync. The brokers take turns.",
		versions: clusterVersions(t, our),
		sides: []side{
			{nameOurs, isStack, comesBack(t, our)},
			{nameDelayed, isDelayed, comesBack(t, their)},
		},
		rows: []row{
			{what: "pod deleted to ready and ISR complete", figure: "time", unit: "s", theirs: nameDelayed, aim: bench.Aim{Ratio: 0.5}},
		},
	}
}

// comesBack brings a stack up and measures how it loses a pod.
func comesBack(t *testing.T, k *kit.Kafka) func(*testing.T) sample {
	t.Helper()
	const topic = "bench"
	kafka := client(t, k, k.MustUp(t))
	kit.CreateTopic(t, kafka, topic, 6, 3)
	var names []string
	pods, err := k.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		if strings.Contains(pod.Name, "-kafka-broker-") {
			names = append(names, pod.Name)
		}
	}
	next := 0
	return func(t *testing.T) sample {
		name := names[next%len(names)]
		next++
		before, err := k.UID(t.Context(), name)
		require.NoError(t, err)
		begin := time.Now()
		require.NoError(t, k.DeletePod(t.Context(), name))
		kit.Eventually(t, 3*time.Minute, name+" is back", func() error { return back(t, k, name, before) })
		kit.Eventually(t, time.Minute, "all replicas are in sync", func() error {
			least, err := kit.LeastISR(t.Context(), kafka, topic)
			if err == nil && least < 3 {
				err = fmt.Errorf("a partition has %d", least)
			}
			return err
		})
		return sample{"time": time.Since(begin).Seconds()}
	}
}

// back is nil if there is a new pod of that name, and it is ready.
func back(t *testing.T, k *kit.Kafka, name, before string) error {
	t.Helper()
	pods, err := k.Pods(t.Context())
	if err != nil {
		return err
	}
	for _, pod := range pods {
		switch {
		case pod.Name != name:
		case string(pod.UID) == before:
			return errors.New("it is still the old one")
		case !kit.Ready(pod):
			return errors.New("the new one is not ready")
		default:
			return nil
		}
	}
	return errors.New("there is none")
}

func clusterVersions(t *testing.T, k *kit.Kafka) map[string]string {
	t.Helper()
	all := versionsOf(t, kit.Image(t))
	server, err := k.Cluster.Kube.Discovery().ServerVersion()
	require.NoError(t, err)
	all["kubernetes"] = server.GitVersion
	nodes, err := k.Cluster.Nodes(t.Context())
	require.NoError(t, err)
	all["nodes"] = fmt.Sprint(len(nodes))
	return all
}
