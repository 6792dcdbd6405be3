package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
)

// replicas is the replication factor of the topic, if there are as many brokers.
const replicas = 3

// check is the whole story, step by step.
func check(ctx context.Context, o options, out io.Writer) error {
	config, err := kafkaclient.RestConfig(o.kubeconfig, o.context)
	if err != nil {
		return err
	}
	forward, err := kafkaclient.PortForward(config)
	if err != nil {
		return err
	}
	pods, err := forward.Pods(ctx, o.bootstrap[0])
	if err != nil {
		return fmt.Errorf("the Kubernetes cluster of context %q has no Kafka at %s: %w\n"+
			"Is the stack up? `pulumi up --stack %s` makes it so", o.context, o.bootstrap[0], err, o.stack)
	}
	if len(pods) == 0 {
		return fmt.Errorf("namespace %s has no Kafka pods: the stack is stopped\n"+
			"`pulumi config set stopped false --stack %s`, then `pulumi up --stack %[2]s`", o.namespace, o.stack)
	}
	client, err := kgo.NewClient(append(ledger.Producer(),
		kgo.SeedBrokers(o.bootstrap...),
		kgo.Dialer(forward.DialContext),
		kgo.RecordDeliveryTimeout(o.timeout),
	)...)
	if err != nil {
		return fmt.Errorf("kafka client: %w", err)
	}
	defer client.Close()

	brokers, took, err := roundTrip(ctx, client, o.records)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, advice(o, pods))
	}
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return fmt.Errorf("kubernetes client: %w", err)
	}
	started, err := measureStart(ctx, kube, o.namespace, pods)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Kafka works: %d brokers, %d records written and read back, each once, in %s\n", brokers, o.records, took.Round(time.Millisecond))
	fmt.Fprintf(out, "%s\n\n", started)
	fmt.Fprintf(out, "Bootstrap servers, inside the cluster: %s\n\n", strings.Join(o.bootstrap, ","))
	fmt.Fprint(out, suggestions(o, pods[0].Name))
	return nil
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
func advice(o options, pods []corev1.Pod) string {
	var b strings.Builder
	example := pods[0].Name
	for _, pod := range pods {
		if ready, why := podReady(pod); !ready {
			fmt.Fprintf(&b, "pod %s is not ready: %s\n", pod.Name, why)
			example = pod.Name
		}
	}
	fmt.Fprintf(&b, "Look at it with\n  kubectl --context %s --namespace %s get pods\n  kubectl --context %[1]s --namespace %[2]s logs %s",
		o.context, o.namespace, example)
	return b.String()
}

// suggestions are the next three useful commands. They work as they stand in a
// shell that has the environment.
func suggestions(o options, pod string) string {
	return fmt.Sprintf(`Next, after eval "$(make -s env)":
  kubectl --context %[1]s -n %[2]s get pods
  kubectl --context %[1]s -n %[2]s exec -it %[3]s -- kafka-topics.sh --bootstrap-server localhost:9092 --create --topic test --partitions 3 --replication-factor 3
  pulumi stack output --stack %[4]s
`, o.context, o.namespace, pod, o.stack)
}
