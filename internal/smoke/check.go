// Package smoke proves that a Kafka works: it makes a topic, writes records that every
// in-sync replica must acknowledge, reads each back once and in order, and deletes the
// topic. It leaves nothing behind.
package smoke

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
	"github.com/kafka-kraft/kafka-kraft/internal/podstate"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// replicas is the replication factor of the topic, if there are as many brokers.
const replicas = 3

// Target is the Kafka to prove.
type Target struct {
	// Kubeconfig is a file; empty: KUBECONFIG, or ~/.kube/config. Context is the context in
	// it, Namespace that of the stack.
	Kubeconfig, Context, Namespace string
	// Bootstrap are the stack's bootstrap servers inside the cluster.
	Bootstrap []string
	// Admin is the stack's output adminSecret (kafkaclient.Cluster.Admin).
	Admin string
	// Stack is the stack's name, for the advice.
	Stack string
	// Records is how many to write, Timeout how long all of it may take.
	Records int
	Timeout time.Duration
}

// Report is what was proved.
type Report struct {
	Brokers, Records int
	// Took is from the first record written to the last one read.
	Took time.Duration
	// Start says how long the brokers took to be ready, or why that is not known.
	Start string
	// Pod is one that commands can be run in.
	Pod string
}

// Check writes and reads the records. Its error says what to look at.
func Check(ctx context.Context, t Target) (Report, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, t.Timeout, fmt.Errorf("not done within %s", t.Timeout))
	defer cancel()
	kube, config, err := kubecontext.Client(t.Kubeconfig, t.Context)
	if err != nil {
		return Report{}, err
	}
	forward, err := kafkaclient.PortForward(config)
	if err != nil {
		return Report{}, err
	}
	pods, err := forward.Pods(ctx, t.Bootstrap[0])
	if err != nil {
		return Report{}, fmt.Errorf("the Kubernetes cluster of context %q has no Kafka at %s: %w\n"+
			"Is the stack up? `kafka-kraft up -stack %s` makes it so", t.Context, t.Bootstrap[0], err, t.Stack)
	}
	if len(pods) == 0 {
		return Report{}, fmt.Errorf("namespace %s has no Kafka pods: the stack is stopped\n"+
			"`kafka-kraft up -stack %s -set stopped=false` starts it", t.Namespace, t.Stack)
	}
	dial, err := forward.Dialer(ctx, t.Bootstrap[0], t.Admin)
	if err != nil {
		return Report{}, err
	}
	client, err := kgo.NewClient(append(ledger.Producer(),
		kgo.SeedBrokers(t.Bootstrap...),
		kgo.Dialer(dial),
		kgo.RecordDeliveryTimeout(t.Timeout),
	)...)
	if err != nil {
		return Report{}, fmt.Errorf("kafka client: %w", err)
	}
	defer client.Close()

	brokers, took, err := roundTrip(ctx, client, t.Records)
	if err != nil {
		return Report{}, fmt.Errorf("%w\n%s", err, advice(t, pods))
	}
	started, err := measureStart(ctx, kube, t.Namespace, pods)
	if err != nil {
		return Report{}, err
	}
	return Report{Brokers: brokers, Records: t.Records, Took: took, Start: started, Pod: pods[0].Name}, nil
}

// roundTrip sends records through a topic of its own. It returns how many brokers
// the cluster has and how long the records took.
func roundTrip(ctx context.Context, client *kgo.Client, records int) (int, time.Duration, error) {
	admin := kadm.NewClient(client)
	meta, err := admin.BrokerMetadata(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("kafka does not answer: %w", orCause(ctx, err))
	}
	brokers := len(meta.Brokers)
	topic := "kafka-kraft-smoke-" + strings.ToLower(rand.Text()[:8])
	if err := createTopic(ctx, admin, topic, int16(min(replicas, brokers))); err != nil {
		return 0, 0, err
	}
	// Deleted even when the check was interrupted, so ctx may be over.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 15*time.Second)
		defer cancel()
		_, _ = admin.DeleteTopic(ctx, topic)
	}()
	begin := time.Now()
	books := ledger.New(topic)
	if err := books.Write(ctx, client, records); err != nil {
		return 0, 0, fmt.Errorf("writing records: %w", orCause(ctx, err))
	}
	if err := books.Read(ctx, client); err != nil {
		return 0, 0, fmt.Errorf("reading records back: %w", err)
	}
	verdict := books.Verdict()
	if err := verdict.Err(); err != nil {
		return 0, 0, err
	}
	if verdict.Read != records {
		return 0, 0, fmt.Errorf("wrote %d records but %s", records, verdict)
	}
	return brokers, time.Since(begin), nil
}

// createTopic asks again while Kafka says that it has too few brokers or is between
// two controllers: both pass on their own right after a start.
func createTopic(ctx context.Context, admin *kadm.Client, topic string, replication int16) error {
	for {
		answer, err := admin.CreateTopic(ctx, 3, replication, nil, topic)
		if err == nil {
			err = answer.Err
		}
		if err == nil {
			return nil
		}
		passing := errors.Is(err, kerr.InvalidReplicationFactor) || kerr.IsRetriable(err)
		if !passing {
			return fmt.Errorf("creating topic %s with %d replicas: %w", topic, replication, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("creating topic %s with %d replicas: %w (%w)", topic, replication, err, context.Cause(ctx))
		case <-time.After(time.Second):
		}
	}
}

// orCause adds why the context ended, if it did.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w (%w)", err, context.Cause(ctx))
}

// advice says which pods are not well and how to look at them.
func advice(t Target, pods []corev1.Pod) string {
	var b strings.Builder
	example := pods[0].Name
	for _, pod := range pods {
		if ready, why := podstate.Ready(&pod); !ready {
			fmt.Fprintf(&b, "pod %s is not ready: %s\n", pod.Name, why)
			example = pod.Name
		}
	}
	fmt.Fprintf(&b, "Look at it with\n  kubectl --context %s --namespace %s get pods\n  kubectl --context %[1]s --namespace %[2]s logs %s",
		t.Context, t.Namespace, example)
	return b.String()
}
