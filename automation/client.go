package automation

import (
	"context"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// Client connects to the stack's Kafka from wherever this program runs; see
// kafkaclient.Connect for how. Close it when done with it.
func (s *Stack) Client(ctx context.Context, options ...kgo.Opt) (*kgo.Client, error) {
	outputs, err := s.Outputs(ctx)
	if err != nil {
		return nil, err
	}
	return s.connect(ctx, outputs, options...)
}

func (s *Stack) connect(ctx context.Context, outputs stacks.Outputs, options ...kgo.Opt) (*kgo.Client, error) {
	client, err := kafkaclient.Connect(ctx, kafkaclient.Cluster{
		Inside: outputs.BootstrapServers, Outside: outputs.ExternalBootstrapServers, Admin: outputs.AdminSecret,
		Kubeconfig: s.options.kubeconfig(), Context: s.Config().Context,
	}, options...)
	if err != nil {
		return nil, s.fail("client", ErrUnreachable, err, "")
	}
	return client, nil
}
