package bench_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

const (
	drained           = "drained"
	drainedPartitions = 24
	drainedMiB        = 1200 // records of the topic, before they are copied
	drainedFrom       = 3    // the broker that is emptied
)

// prepareDrain compares how fast a broker is emptied.
func prepareDrain(t *testing.T, _ bool) plan {
	t.Helper()
	k := newStack(t, "drain", stacks.Program, 31092)
	k.Set(t, kit.Config{"brokers": "4", "storage.size": "20Gi"})
	client := client(t, k, k.MustUp(t))
	kit.CreateTopic(t, client, drained, drainedPartitions, 3)
	fill(t, k, client)
	admin := ops.New(client)
	filled(t, admin)
	const byHand = "kafka-reassign-partitions"
	return plan{
		how: fmt.Sprintf("Stack ci with four brokers and a topic of %d partitions, 3 replicas and %d MiB of records. Broker %d is "+
			"emptied: timed from the first replica that is on its way to the moment at which none is. The same moves on both "+
			"sides, without a throttle; evened out again in between, without being timed.", drainedPartitions, drainedMiB, drainedFrom),
		rehearsals: 1,
		versions:   clusterVersions(t, k),
		sides: []side{
			{nameOurs, "the gate Evacuation as it is: 10 partitions at a time", drains(client, func(t *testing.T) {
				_, err := ops.Evacuate(t.Context(), admin, leaving, nil)
				require.NoError(t, err)
			})},
			{byHand, "Kafka's own tool in a broker's pod, --execute with all of it at once", drains(client, func(t *testing.T) {
				plan, err := ops.PlanEvacuation(t.Context(), admin, leaving)
				require.NoError(t, err)
				reassign(t, k, plan.Moves)
			})},
		},
		rows: []row{{what: "a broker is emptied", figure: "speed", unit: "MiB/s", theirs: byHand, aim: bench.Aim{Ratio: 0.8, AtLeast: true}}},
	}
}

var (
	pool    = ops.Range{End: 1000}
	leaving = ops.Evacuation{Range: pool, Keep: []int32{0, 1, 2}}
	staying = ops.Evacuation{Range: pool, Keep: []int32{0, 1, 2, drainedFrom}}
)

// fill writes what is to be moved.
func fill(t *testing.T, k *kit.Kafka, client *kgo.Client) {
	t.Helper()
	inBroker(t, k, "kafka-producer-perf-test", "--topic", drained, "--num-records", fmt.Sprint(drainedMiB*16),
		"--record-size", fmt.Sprint(1<<16), "--throughput", "-1", "--bootstrap-server", "localhost:9092", "--command-property", "acks=all")
	kit.Eventually(t, time.Minute, "all replicas are in sync", func() error { return kit.ISRIs(t.Context(), client, drained, 3) })
}

// filled gives the broker its share of replicas.
func filled(t *testing.T, admin ops.Admin) {
	t.Helper()
	_, err := ops.Evacuate(t.Context(), admin, staying, nil) // takes the cordon away
	require.NoError(t, err)
	_, err = ops.Join(t.Context(), admin, ops.Membership{Range: pool, Brokers: staying.Keep, Rebalance: placement.Full}, nil)
	require.NoError(t, err)
}

// drains measures how fast a broker is emptied, and fills it again.
func drains(client *kgo.Client, empty func(*testing.T)) func(*testing.T) sample {
	admin := ops.New(client)
	return func(t *testing.T) sample {
		plan, err := ops.PlanEvacuation(t.Context(), admin, leaving)
		require.NoError(t, err)
		var size int64
		for _, move := range plan.Moves {
			size += move.Bytes
		}
		require.Greater(t, size, int64(drainedMiB<<20)/2, "too little to measure")
		ended := make(chan time.Duration, 1)
		go func() { ended <- moving(t, client) }()
		empty(t)
		took := <-ended
		filled(t, admin)
		require.Positive(t, took)
		return sample{"speed": float64(size) / (1 << 20) / took.Seconds(), "time": took.Seconds()}
	}
}

// moving is how long replicas of the topic are on their way.
func moving(t *testing.T, client *kgo.Client) time.Duration {
	admin := kadm.NewClient(client)
	var begin, last time.Time
	set := kadm.TopicsSet{}
	set.Add(drained, all(drainedPartitions)...)
	for t.Context().Err() == nil {
		now := time.Now()
		running, err := admin.ListPartitionReassignments(t.Context(), set)
		switch {
		case err != nil:
		case len(running.Sorted()) > 0 && begin.IsZero():
			begin, last = now, time.Time{}
		case len(running.Sorted()) > 0:
			last = time.Time{}
		case begin.IsZero():
		case last.IsZero():
			last = now
		case now.Sub(last) > 3*time.Second: // ours begins the next ones in the meantime
			return last.Sub(begin)
		}
		time.Sleep(50 * time.Millisecond)
	}
	return 0
}

func all(partitions int32) []int32 {
	var list []int32
	for i := range partitions {
		list = append(list, i)
	}
	return list
}

// reassign lets Kafka's own tool make the moves.
func reassign(t *testing.T, k *kit.Kafka, moves []placement.Move) {
	t.Helper()
	type partition struct {
		Topic     string  `json:"topic"`
		Partition int32   `json:"partition"`
		Replicas  []int32 `json:"replicas"`
	}
	file := struct {
		Version    int         `json:"version"`
		Partitions []partition `json:"partitions"`
	}{Version: 1}
	for _, m := range moves {
		file.Partitions = append(file.Partitions, partition{m.Topic, m.Index, m.To})
	}
	text, err := json.Marshal(file)
	require.NoError(t, err)
	inBroker(t, k, "sh", "-c", "echo '"+string(text)+
		"' > /tmp/moves.json && kafka-reassign-partitions --bootstrap-server localhost:9092 --reassignment-json-file /tmp/moves.json --execute")
}

// inBroker runs a command in the pod of broker 0.
func inBroker(t *testing.T, k *kit.Kafka, command ...string) {
	t.Helper()
	pods, err := k.Pods(t.Context())
	require.NoError(t, err)
	i := slices.IndexFunc(pods, func(pod corev1.Pod) bool { return strings.HasSuffix(pod.Name, "-kafka-broker-0") })
	require.GreaterOrEqual(t, i, 0, "no pod of broker 0")
	out, err := k.Exec(t.Context(), pods[i].Name, command...)
	require.NoError(t, err, out)
}

// prepareWide compares the preview of many brokers with that of three.
func prepareWide(t *testing.T, _ bool) plan {
	t.Helper()
	const three, hundred = "3 brokers", "100 brokers"
	previews := func(brokers string) func(*testing.T) sample {
		k := newStack(t, "wide"+brokers, stacks.Program, 30100)
		k.Set(t, kit.Config{"brokers": brokers})
		return func(t *testing.T) sample {
			begin := time.Now()
			_, err := k.Preview(t.Context())
			require.NoError(t, err)
			return sample{"time": time.Since(begin).Seconds()}
		}
	}
	return plan{
		how:        "pulumi preview of stack ci as a new stack, in process, with 3 and with 100 brokers.",
		rehearsals: 1,
		sides:      []side{{hundred, "brokers 100", previews("100")}, {three, "brokers 3, as it is", previews("3")}},
		rows:       []row{{what: "preview of a new stack ci with 100 brokers", figure: "time", unit: "s", theirs: three, aim: bench.Aim{Ratio: 2}}},
	}
}
