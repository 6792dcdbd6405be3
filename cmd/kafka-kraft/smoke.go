package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/internal/smoke"
)

// smokeCheck proves with real records that the stack's Kafka works.
func smokeCheck(ctx context.Context, args []string, to streams) error {
	var p proof
	f := newFlags("smoke")
	p.add(f)
	return onExisting(ctx, f, args, to, func(w *which, stack *automation.Stack) error {
		return prove(ctx, stack, w.kubeconfig, p, to)
	})
}

// prove writes and reads records, and says where clients find the Kafka and what to try
// next.
func prove(ctx context.Context, stack *automation.Stack, kubeconfig string, p proof, to streams) error {
	outputs, err := stack.Outputs(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(to.err, "smoke check: a topic, records in and out …")
	kube := stack.Config().Context
	report, err := smoke.Check(ctx, smoke.Target{
		Kubeconfig: kubeconfig, Context: kube, Namespace: outputs.Namespace,
		Bootstrap: strings.Split(outputs.BootstrapServers, ","), Admin: outputs.AdminSecret, Stack: stack.Name(),
		Records: p.records, Timeout: p.timeout,
	})
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("the smoke check failed: %w", err)
	}
	fmt.Fprintf(to.out, `Kafka works: %[1]d broker%[2]s, %[3]d records written and read back, each once, in %[4]s
%[5]s

Bootstrap servers, inside the cluster: %[6]s

Next:
  kubectl --context %[7]s -n %[8]s get pods
  kubectl --context %[7]s -n %[8]s exec -it %[9]s -- kafka-topics.sh --bootstrap-server localhost:9092 --create --topic test --partitions 3 --replication-factor %[10]d
  kafka-kraft status -stack %[11]s
`, report.Brokers, plural(report.Brokers), report.Records, report.Took.Round(time.Millisecond), report.Start, outputs.BootstrapServers,
		kube, outputs.Namespace, report.Pod, min(report.Brokers, 3), stack.Name())
	return nil
}

func plural(count int) string {
	if count == 1 {
		return ""
	}
	return "s"
}
