package kit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// patience is how long clients wait for a broker whose node is gone without a word, whose
// partitions have other leaders after 6 to 8 s. With the defaults of most libraries, 20 s to
// 30 s, a test would see its own client wait.
const patience = 3 * time.Second

// Client connects to the stack's Kafka; bootstrap is the output bootstrapServers. Where the
// last up had the output adminSecret, it speaks TLS. It closes at the end of the test.
func (k *Kafka) Client(t *testing.T, bootstrap string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	return k.ClientAs(t, bootstrap, k.admin(), options...)
}

// ClientAs is Client with the certificate of a Secret in the stack's namespace; "" is plaintext.
func (k *Kafka) ClientAs(t *testing.T, bootstrap, secret string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	dial, err := k.Cluster.Forward.Dialer(t.Context(), bootstrap, secret)
	if err != nil {
		t.Fatal(err)
	}
	all := append(ledger.Producer(),
		kgo.SeedBrokers(bootstrap),
		kgo.Dialer(func(ctx context.Context, network, address string) (net.Conn, error) {
			// Kubernetes tries for half a minute to reach the kubelet of a dead node.
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			return dial(ctx, network, address)
		}),
		kgo.ProduceRequestTimeout(patience), kgo.RequestTimeoutOverhead(patience),
		kgo.RecordDeliveryTimeout(2*time.Minute),
		kgo.MetadataMinAge(250*time.Millisecond), // notice new leaders soon
	)
	client, err := kgo.NewClient(append(all, options...)...)
	if err != nil {
		t.Fatalf("kafka client: %v", err)
	}
	t.Cleanup(client.Close)
	return client
}

// Quorum is what the controllers say of themselves.
type Quorum struct {
	Leader    int32
	Voters    []int32
	Observers []int32
}

// DescribeQuorum asks the active controller, by way of any broker.
func DescribeQuorum(ctx context.Context, client *kgo.Client) (Quorum, error) {
	request := kmsg.NewDescribeQuorumRequest()
	topic := kmsg.NewDescribeQuorumRequestTopic()
	topic.Topic = "__cluster_metadata"
	topic.Partitions = []kmsg.DescribeQuorumRequestTopicPartition{kmsg.NewDescribeQuorumRequestTopicPartition()}
	request.Topics = []kmsg.DescribeQuorumRequestTopic{topic}
	answer, err := request.RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(answer.ErrorCode)
	}
	if err != nil {
		return Quorum{}, fmt.Errorf("describing the quorum: %w", err)
	}
	if len(answer.Topics) != 1 || len(answer.Topics[0].Partitions) != 1 {
		return Quorum{}, fmt.Errorf("describing the quorum: %d topics in the answer", len(answer.Topics))
	}
	partition := answer.Topics[0].Partitions[0]
	if err := kerr.ErrorForCode(partition.ErrorCode); err != nil {
		return Quorum{}, fmt.Errorf("describing the quorum: %w", err)
	}
	quorum := Quorum{Leader: partition.LeaderID}
	for _, voter := range partition.CurrentVoters {
		quorum.Voters = append(quorum.Voters, voter.ReplicaID)
	}
	for _, observer := range partition.Observers {
		quorum.Observers = append(quorum.Observers, observer.ReplicaID)
	}
	slices.Sort(quorum.Voters)
	slices.Sort(quorum.Observers)
	return quorum, nil
}

// Broker is a registered broker. A fenced one is registered, yet serves nothing.
type Broker struct {
	ID     int32
	Fenced bool
}

// Brokers lists the registered brokers, fenced ones too, sorted by id.
func Brokers(ctx context.Context, client *kgo.Client) ([]Broker, error) {
	request := kmsg.NewDescribeClusterRequest()
	request.IncludeFencedBrokers = true
	answer, err := request.RequestWith(ctx, client)
	if err == nil {
		err = kerr.ErrorForCode(answer.ErrorCode)
	}
	if err != nil {
		return nil, fmt.Errorf("describing the cluster: %w", err)
	}
	if answer.Version < 2 {
		return nil, fmt.Errorf("describing the cluster: version %d does not tell fenced brokers", answer.Version)
	}
	var brokers []Broker
	for _, b := range answer.Brokers {
		brokers = append(brokers, Broker{b.NodeID, b.IsFenced})
	}
	slices.SortFunc(brokers, func(a, b Broker) int { return cmp.Compare(a.ID, b.ID) })
	return brokers, nil
}

// CreateTopic makes a topic and waits until every partition has all its replicas in
// sync. It asks again while brokers still register.
func CreateTopic(t *testing.T, client *kgo.Client, topic string, partitions int32, replicas int16) {
	t.Helper()
	admin := kadm.NewClient(client)
	Eventually(t, time.Minute, "topic "+topic+" is made", func() error {
		answer, err := admin.CreateTopic(t.Context(), partitions, replicas, nil, topic)
		if errors.Is(answer.Err, kerr.TopicAlreadyExists) {
			return nil
		}
		return cmp.Or(err, answer.Err)
	})
	Eventually(t, time.Minute, fmt.Sprintf("topic %s has %d replicas in sync", topic, replicas), func() error {
		least, err := LeastISR(t.Context(), client, topic)
		if err == nil && least != int(replicas) {
			err = fmt.Errorf("a partition has %d replicas in sync", least)
		}
		return err
	})
}

// LeastISR is the lowest number of in-sync replicas over the topic's partitions.
func LeastISR(ctx context.Context, client *kgo.Client, topic string) (int, error) {
	topics, err := kadm.NewClient(client).ListTopics(ctx, topic)
	if err == nil {
		err = topics.Error()
	}
	if err != nil {
		return 0, fmt.Errorf("topic %s: %w", topic, err)
	}
	least := -1
	for _, partition := range topics[topic].Partitions {
		if partition.Err != nil && !errors.Is(partition.Err, kerr.LeaderNotAvailable) {
			return 0, fmt.Errorf("topic %s partition %d: %w", topic, partition.Partition, partition.Err)
		}
		if least < 0 || len(partition.ISR) < least {
			least = len(partition.ISR)
		}
	}
	if least < 0 {
		return 0, fmt.Errorf("topic %s has no partitions", topic)
	}
	return least, nil
}

// ISRIs is nil if the partition of the topic with the fewest replicas in sync has so many.
func ISRIs(ctx context.Context, client *kgo.Client, topic string, want int) error {
	least, err := LeastISR(ctx, client, topic)
	if err == nil && least != want {
		err = fmt.Errorf("it is %d", least)
	}
	return err
}

// MustReadBack reads the ledger's topic with a new client and fails the test unless
// every acknowledged record is there, once, in order.
func (k *Kafka) MustReadBack(t *testing.T, bootstrap string, books *ledger.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	client := k.Client(t, bootstrap)
	defer client.Close()
	if err := books.Read(ctx, client); err != nil {
		t.Fatal(err)
	}
	verdict := books.Verdict()
	t.Logf("topic %s: %s", books.Topic(), verdict)
	if err := verdict.Err(); err != nil {
		t.Fatal(err)
	}
	if verdict.Acknowledged == 0 {
		t.Fatal("no record was acknowledged, so nothing is proved")
	}
}
