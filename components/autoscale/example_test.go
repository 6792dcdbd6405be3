package autoscale_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/autoscale"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// An application that reads a topic of six partitions, with one to six replicas. A whole program
// is examples/autoscale.
func ExampleNewAutoscale() {
	program := func(ctx *pulumi.Context) error {
		application, err := deployment(ctx, "orders", nil, map[string]string{"app": "orders"}, autoscale.ReplicasIgnored())
		if err != nil {
			return err
		}
		_, err = autoscale.NewAutoscale(ctx, "orders", &autoscale.Args{
			Target:            application,
			BootstrapServers:  pulumi.String("kafka-bootstrap.kafka-kraft.svc.cluster.local:9092"),
			Group:             "orders",
			Topic:             "placed",
			Partitions:        6,
			OffsetResetPolicy: autoscale.Earliest,
			LagThreshold:      100,
		})
		return err
	}
	// Instead of Pulumi, a recorder.
	_, err := record.Run(nil, program)
	fmt.Println(err)
	// Output: <nil>
}
