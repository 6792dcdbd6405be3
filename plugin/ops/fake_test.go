package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// kafka is a cluster in memory that does what it is told at once. What package ops does with
// one that takes its time is tested there.
type kafka struct {
	mutex sync.Mutex // for what happens later

	version    int16
	highest    int16          // metadata.version that brokers know; 0: 33
	ghost      int32          // a controller that left and knows 30; 0: none
	deaf       bool           // brokers do not hear of what is finalised
	brokers    map[int32]bool // registered; true: fenced
	dynamic    map[int32]map[string]string
	partitions []ops.Partition
	running    []ops.Reassignment
	stuck      bool // reassignments take for ever

	throttledByHand bool
	total           map[int32]int64 // bytes of a broker's file system; 0: it does not say
	mute            bool            // brokers do not say what lies on their volumes

	voters    []int32
	observers []int32
	behind    int32 // a voter that is not caught up; 0: none
	directory map[int32][16]byte

	away        error // nobody answers, for this reason
	connections int
	open        int // connections that are not closed
	told        []string
}

// newKafka has so many brokers, with two partitions of three replicas on the last ones.
func newKafka(brokers int32) *kafka {
	k := &kafka{version: 30, brokers: map[int32]bool{}, dynamic: map[int32]map[string]string{}}
	for id := range brokers {
		k.brokers[id] = false
		k.dynamic[id] = map[string]string{}
	}
	for i := range int32(2) {
		replicas := []int32{brokers - 1, 0, 1}
		k.partitions = append(k.partitions, ops.Partition{Topic: "orders", Index: i, Leader: replicas[0], Replicas: replicas, ISR: replicas})
	}
	return k
}

func (k *kafka) lock() (unlock func()) {
	k.mutex.Lock()
	return k.mutex.Unlock
}

// later lets something happen while a gate waits.
func (k *kafka) later(d time.Duration, happens func()) {
	time.AfterFunc(d, func() {
		defer k.lock()()
		happens()
	})
}

// onLast are how many replicas broker 3 has.
func (k *kafka) onLast() int {
	n := 0
	for _, p := range k.partitions {
		if slices.Contains(p.Replicas, 3) {
			n++
		}
	}
	return n
}

func (k *kafka) cordoned(id int32) bool { return k.dynamic[id]["cordoned.log.dirs"] != "" }

func (k *kafka) connect(ctx context.Context, kubeContext string, at Address) (ops.Admin, func(), error) {
	defer k.lock()()
	k.connections++
	if kubeContext != "here" || at.BootstrapServers != "kafka:9092" {
		return nil, nil, fmt.Errorf("no Kafka at %s of %s", at.BootstrapServers, kubeContext)
	}
	if k.away != nil {
		return nil, nil, k.away
	}
	k.open++
	return k, func() { k.open-- }, ctx.Err()
}

func (k *kafka) say(format string, args ...any) {
	k.told = append(k.told, fmt.Sprintf(format, args...))
}

func (k *kafka) Brokers(ctx context.Context) ([]ops.Broker, error) {
	defer k.lock()()
	var list []ops.Broker
	for _, id := range slices.Sorted(maps.Keys(k.brokers)) {
		list = append(list, ops.Broker{ID: id, Fenced: k.brokers[id]})
	}
	return list, ctx.Err()
}

func (k *kafka) MetadataVersion(ctx context.Context) (int16, error) {
	defer k.lock()()
	return k.version, ctx.Err()
}

func (k *kafka) MetadataVersionOf(ctx context.Context, _ int32) (ops.MetadataVersion, error) {
	defer k.lock()()
	known := ops.MetadataVersion{Finalised: k.version, Highest: cmp.Or(k.highest, 33)}
	if k.deaf {
		known.Finalised = 30
	}
	return known, ctx.Err()
}

func (k *kafka) SetMetadataVersion(ctx context.Context, level int16, _, validate bool) error {
	defer k.lock()()
	if k.ghost != 0 && level > 30 {
		return fmt.Errorf("%w (Controller %d only supports versions 7-30)", kerr.InvalidUpdateVersion, k.ghost)
	}
	if !validate {
		k.say("metadata.version %d", level)
		k.version = level
	}
	return ctx.Err()
}

func (k *kafka) Levels(ctx context.Context) (map[string]int16, error) {
	defer k.lock()()
	return map[string]int16{"metadata.version": k.version}, ctx.Err()
}

func (k *kafka) Partitions(ctx context.Context) ([]ops.Partition, error) {
	defer k.lock()()
	return slices.Clone(k.partitions), ctx.Err()
}

func (k *kafka) LogDirs(ctx context.Context, id int32) ([]ops.LogDir, error) {
	defer k.lock()()
	if k.mute {
		return nil, kerr.ClusterAuthorizationFailed
	}
	dir := ops.LogDir{Path: "/data", Total: k.total[id], Free: 1 << 40, Cordoned: k.cordoned(id)}
	for _, p := range k.partitions {
		if slices.Contains(p.Replicas, id) {
			dir.Logs = append(dir.Logs, ops.Log{Topic: p.Topic, Index: p.Index, Size: 1 << 30})
		}
	}
	return []ops.LogDir{dir}, ctx.Err()
}

func (k *kafka) Reassignments(ctx context.Context) ([]ops.Reassignment, error) {
	defer k.lock()()
	return slices.Clone(k.running), ctx.Err()
}

func (k *kafka) Reassign(ctx context.Context, assignments []ops.Assignment) ([]error, error) {
	defer k.lock()()
	for _, a := range assignments {
		here := func(p ops.Partition) bool { return p.Topic == a.Topic && p.Index == a.Index }
		i := slices.IndexFunc(k.partitions, here)
		p := &k.partitions[i]
		switch {
		case a.Replicas == nil:
			k.say("cancel %s-%d", a.Topic, a.Index)
			k.running = slices.DeleteFunc(k.running, func(r ops.Reassignment) bool { return r.Index == a.Index })
		case k.stuck:
			k.say("begin %s-%d", a.Topic, a.Index)
			adding, removing := without(a.Replicas, p.Replicas), without(p.Replicas, a.Replicas)
			k.running = append(k.running, ops.Reassignment{
				Topic: a.Topic, Index: a.Index, Replicas: slices.Concat(a.Replicas, removing), Adding: adding, Removing: removing,
			})
		default:
			k.say("move %s-%d to %v", a.Topic, a.Index, a.Replicas)
			p.Replicas, p.ISR, p.Leader = a.Replicas, a.Replicas, a.Replicas[0]
		}
	}
	return make([]error, len(assignments)), ctx.Err()
}

func (k *kafka) BrokerConfig(ctx context.Context, id int32) (map[string]string, error) {
	defer k.lock()()
	return maps.Clone(k.dynamic[id]), ctx.Err()
}

func (k *kafka) AlterBroker(ctx context.Context, id int32, values map[string]string) error {
	defer k.lock()()
	for key, value := range values {
		k.say("broker %d: %s=%s", id, key, value)
		if k.dynamic[id][key] = value; value == "" {
			delete(k.dynamic[id], key)
		}
	}
	return ctx.Err()
}

func (k *kafka) TopicConfigs(ctx context.Context, topics []string) (map[string]map[string]string, error) {
	defer k.lock()()
	all := map[string]map[string]string{}
	for _, topic := range topics {
		all[topic] = map[string]string{}
		if k.throttledByHand {
			all[topic]["leader.replication.throttled.replicas"] = "*"
		}
	}
	return all, ctx.Err()
}

func (k *kafka) MinInSync(ctx context.Context, topics []string) (map[string]int, error) {
	all := map[string]int{}
	for _, topic := range topics {
		all[topic] = 2
	}
	return all, ctx.Err()
}

func (k *kafka) AlterTopic(ctx context.Context, topic string, values map[string]string) error {
	defer k.lock()()
	k.say("topic %s: %v", topic, values)
	return ctx.Err()
}

func (k *kafka) ElectPreferred(ctx context.Context, _ []ops.Partition) error { return ctx.Err() }

func (k *kafka) Unregister(ctx context.Context, id int32) error {
	defer k.lock()()
	k.say("unregister %d", id)
	delete(k.brokers, id)
	return ctx.Err()
}

func (k *kafka) Quorum(ctx context.Context) (ops.Quorum, error) {
	defer k.lock()()
	q := ops.Quorum{Leader: k.voters[0]}
	for _, id := range k.voters {
		voter := ops.Voter{ID: id, Directory: k.directory[id], CaughtUp: 60_000}
		if id == k.behind {
			voter.CaughtUp = 1
		}
		q.Voters = append(q.Voters, voter)
	}
	for _, id := range k.observers {
		q.Observers = append(q.Observers, ops.Voter{ID: id})
	}
	return q, ctx.Err()
}

func (k *kafka) RemoveVoter(ctx context.Context, voter ops.Voter) error {
	defer k.lock()()
	if !slices.Contains(k.voters, voter.ID) {
		return kerr.VoterNotFound
	}
	k.say("remove voter %d", voter.ID)
	k.voters = without(k.voters, []int32{voter.ID})
	return ctx.Err()
}

func (k *kafka) UnregisterController(ctx context.Context, id int32) error {
	defer k.lock()()
	k.say("unregister controller %d", id)
	return ctx.Err()
}

// objects are a StatefulSet called kafka that was changed so often, and its pods.
func objects(generation int64, replicas int) []runtime.Object {
	count := int32(replicas)
	list := []runtime.Object{&appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "kafka", Generation: generation},
		Spec:       appsv1.StatefulSetSpec{Replicas: &count},
	}}
	for i := range replicas {
		list = append(list, &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: fmt.Sprintf("kafka-%d", i)}})
	}
	return list
}

// around is a Kubernetes with these objects and a Kafka, as the context here.
func around(k *kafka, objects ...runtime.Object) Cluster {
	client := fake.NewClientset(objects...)
	return Cluster{
		Kubernetes: func(name string) (kubernetes.Interface, error) {
			if name != "here" {
				return nil, errors.New("no such context")
			}
			return client, nil
		},
		Kafka: k.connect,
	}
}

// kube is the Kubernetes of the context here.
func (c Cluster) kube(t *testing.T) *fake.Clientset {
	t.Helper()
	client, err := c.Kubernetes("here")
	if err != nil {
		t.Fatal(err)
	}
	return client.(*fake.Clientset)
}

// scale is what Pulumi and Kubernetes do between two gates.
func (c Cluster) scale(t *testing.T, to int) {
	t.Helper()
	client := c.kube(t)
	set, err := client.AppsV1().StatefulSets("n").Get(t.Context(), "kafka", metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	count := int32(to)
	was := *set.Spec.Replicas
	set.Spec.Replicas = &count
	set.Generation++
	if _, err := client.AppsV1().StatefulSets("n").Update(t.Context(), set, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	for i := count; i < was; i++ {
		if err := client.CoreV1().Pods("n").Delete(t.Context(), fmt.Sprintf("kafka-%d", i), metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
	}
}

func place() Place {
	return Place{Context: "here", Namespace: "n", StatefulSet: "kafka", Address: Address{BootstrapServers: "kafka:9092"}, First: 0, End: 1000}
}

// inTime runs a test whose waits take no time.
func inTime(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, run)
}

// said joins what a gate says, to look for parts of it.
func said(t *testing.T, err error) string { t.Helper(); return strings.Join(reasons(t, err), "\n") }
