package lifecycle

import (
	"context"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// MetadataVersion is the finalised level of a running Kafka.
func (c *Context) MetadataVersion(ctx context.Context, plan topology.Plan) (int16, error) {
	admin, end, err := c.kafka(plan)(ctx)
	if err != nil {
		return 0, err
	}
	defer end()
	return admin.MetadataVersion(ctx)
}

// kafka connects to a cluster's brokers.
func (c *Context) kafka(plan topology.Plan) func(context.Context) (ops.Admin, func(), error) {
	return func(ctx context.Context) (ops.Admin, func(), error) {
		client, err := kafkaclient.Connect(ctx, c.brokers(plan))
		if err != nil {
			return nil, nil, err
		}
		return ops.New(client), client.Close, nil
	}
}
