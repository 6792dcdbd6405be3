package kit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// Separated is a running stack ci: three controllers and three brokers, a claim per
// pod, on a cluster of three nodes; and a topic with the books of what was written.
type Separated struct {
	*Kafka
	Bootstrap   string   // within the cluster
	External    string   // from outside
	Brokers     []string // pods
	Controllers []string // pods; their StatefulSet is the name without the number
	Books       *ledger.Ledger
}

// NewSeparated brings the stack up. Its topic is not made yet.
func NewSeparated(t *testing.T, purpose string, config Config) *Separated {
	t.Helper()
	s := &Separated{Kafka: NewKafka(t, purpose, "ci", config), Books: ledger.New("faults")}
	outputs := s.MustUp(t)
	s.Bootstrap, s.External = Text(t, outputs, "bootstrapServers"), Text(t, outputs, "externalBootstrapServers")
	pods, err := s.Pods(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		switch {
		case strings.Contains(pod.Name, "-kafka-broker-"):
			s.Brokers = append(s.Brokers, pod.Name)
		case strings.Contains(pod.Name, "-kafka-controller-"):
			s.Controllers = append(s.Controllers, pod.Name)
		}
	}
	return s
}

// All are the pods of both roles.
func (s *Separated) All() []string { return slices.Concat(s.Brokers, s.Controllers) }

// SetOf is the StatefulSet of such pods.
func SetOf(pods []string) string { return strings.TrimSuffix(pods[0], "-0") }

// Writer spreads records over all partitions, so that every broker leads some.
func (s *Separated) Writer(t *testing.T) *kgo.Client {
	return s.Client(t, s.Bootstrap, kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))
}

// Outside is a client that connects as any program on the user's machine would: by the
// nodes' addresses, without the port-forward dialer. It writes to all partitions in turn,
// and so to all brokers, since each leads some.
func (s *Separated) Outside(t *testing.T) *kgo.Client {
	t.Helper()
	client, err := kafkaclient.Connect(t.Context(), kafkaclient.Cluster{
		Inside: s.Bootstrap, Outside: s.External, Admin: s.admin(), Context: Context, Way: kafkaclient.NodePort,
	}, append(ledger.Producer(), kgo.RecordPartitioner(kgo.RoundRobinPartitioner()))...)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// StartLoad writes to the books' topic in the background.
func (s *Separated) StartLoad(t *testing.T, rate int) *Load {
	t.Helper()
	return StartLoad(t, s.Books, s.Writer(t), rate)
}

// Records makes the books' topic and writes the first records.
func (s *Separated) Records(t *testing.T) {
	t.Helper()
	CreateTopic(t, s.Client(t, s.Bootstrap), s.Books.Topic(), 6, 3)
	require.NoError(t, s.Books.Write(t.Context(), s.Writer(t), 2000))
	s.MustReadBack(t)
}

// MustReadBack fails the test unless every acknowledged record is there.
func (s *Separated) MustReadBack(t *testing.T) {
	t.Helper()
	s.Kafka.MustReadBack(t, s.Bootstrap, s.Books)
}

// Whole waits until the cluster is as it was before a fault.
func (s *Separated) Whole(t *testing.T, client *kgo.Client) {
	t.Helper()
	Eventually(t, 3*time.Minute, "all pods are ready", func() error { return s.PodsReady(t.Context(), s.All()...) })
	Eventually(t, time.Minute, "ISR is complete", func() error { return ISRIs(t.Context(), client, s.Books.Topic(), 3) })
}

// GoesOn waits until more records are acknowledged.
func (s *Separated) GoesOn(t *testing.T, what string) {
	t.Helper()
	acked := s.Books.Acked()
	Eventually(t, 30*time.Second, what, func() error {
		if more := s.Books.Acked() - acked; more < 500 {
			return fmt.Errorf("%d records were acknowledged since", more)
		}
		return nil
	})
}

// NewLeader waits until the brokers name another active controller than the one before.
// Each try has a client of its own: one that is told to ask a certain broker asks it
// again and again, also when that broker's node is cut off.
func (s *Separated) NewLeader(t *testing.T, before int32, within time.Duration) {
	t.Helper()
	Eventually(t, within, "a new active controller", func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		now, err := DescribeQuorum(ctx, s.Client(t, s.Bootstrap))
		if err == nil && now.Leader == before {
			err = fmt.Errorf("it is still %d", now.Leader)
		}
		return err
	})
}

// ActiveController is the pod of the quorum's leader.
func (s *Separated) ActiveController(t *testing.T, client *kgo.Client) (pod string, id int32) {
	t.Helper()
	quorum := TheQuorum(t, client)
	return s.Controllers[slices.Index(quorum.Voters, quorum.Leader)], quorum.Leader
}

// OthersServe waits until the broker is out of every ISR and writing goes on without it.
func (s *Separated) OthersServe(t *testing.T, client *kgo.Client, broker string) {
	t.Helper()
	// broker.session.timeout.ms is 6 s; then its leaders are elsewhere.
	Eventually(t, time.Minute, "ISR falls to 2 without "+broker, func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		return ISRIs(ctx, client, s.Books.Topic(), 2)
	})
	s.GoesOn(t, "writing goes on")
}

// NodeOf is where a pod runs.
func (s *Separated) NodeOf(t *testing.T, pod string) string {
	t.Helper()
	pods, err := s.Pods(t.Context())
	require.NoError(t, err)
	for _, p := range pods {
		if p.Name == pod {
			return p.Spec.NodeName
		}
	}
	t.Fatalf("there is no pod %s", pod)
	return ""
}

// On are those of the pods that run on a node.
func (s *Separated) On(t *testing.T, node string, pods []string) []string {
	t.Helper()
	return slices.DeleteFunc(slices.Clone(pods), func(pod string) bool { return s.NodeOf(t, pod) != node })
}

// Away is one of the pods, and its node, that has nothing to do with the address by which
// clients outside come in.
func (s *Separated) Away(t *testing.T, pods []string) (node, pod string) {
	t.Helper()
	nodes, err := s.Cluster.Nodes(t.Context())
	require.NoError(t, err)
	for _, pod := range pods {
		if node := s.NodeOf(t, pod); node != nodes[0] {
			return node, pod
		}
	}
	t.Fatal("all pods are on the first node")
	return "", ""
}

// Worst is the worst moment of a roll.
type Worst struct {
	Brokers, Controllers int // out of service at the same time
	ISR                  int // the fewest replicas in sync
}

// Watch looks at the pods and the books' topic a few times a second until the returned
// function is called, which tells the worst.
func (s *Separated) Watch(t *testing.T, client *kgo.Client) func() Worst {
	ctx, cancel := context.WithCancel(t.Context())
	seen := Worst{ISR: 3}
	var done sync.WaitGroup
	done.Go(func() {
		for ctx.Err() == nil {
			if pods, err := s.Pods(ctx); err == nil {
				ready := func(names []string) (n int) {
					for _, pod := range pods {
						if slices.Contains(names, pod.Name) && Ready(pod) {
							n++
						}
					}
					return n
				}
				seen.Brokers = max(seen.Brokers, len(s.Brokers)-ready(s.Brokers))
				seen.Controllers = max(seen.Controllers, len(s.Controllers)-ready(s.Controllers))
			}
			if isr, err := LeastISR(ctx, client, s.Books.Topic()); err == nil {
				seen.ISR = min(seen.ISR, isr)
			}
			time.Sleep(200 * time.Millisecond)
		}
	})
	t.Cleanup(cancel)
	return func() Worst {
		cancel()
		done.Wait()
		return seen
	}
}
