package stacks_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// The outputs of a stack, as `pulumi stack output --json` prints them.
func ExampleDecode() {
	outputs, err := stacks.Decode(map[string]any{
		"bootstrapServers": "kafka-bootstrap.kafka-kraft.svc.cluster.local:9092",
		"clusterId":        "5L6g3nShT-eMCtK--X86sw",
		"namespace":        "kafka-kraft",
		"image":            "localhost:5050/kafka-kraft/kafka@sha256:0123",
		"kafkaVersion":     "4.4.0",
		"topology":         "combined",
	})
	fmt.Println(outputs.BootstrapServers, err)
	// Output: kafka-bootstrap.kafka-kraft.svc.cluster.local:9092 <nil>
}

// A program of another team: its stack uses the Kafka of stack dev.
func ExampleFromReference() {
	program := func(ctx *pulumi.Context) error {
		kafka, err := stacks.FromReference(ctx, "organization/kafka-kraft/dev")
		if err != nil {
			return err
		}
		// For the environment of a Deployment, for example.
		fmt.Println("KAFKA_BOOTSTRAP_SERVERS =", kafka.BootstrapServers)
		return nil
	}
	// Instead of Pulumi, a recorder that knows what stack dev has left.
	_, err := record.RunLive(nil, map[string]any{
		"bootstrapServers": "kafka-bootstrap.kafka-kraft.svc.cluster.local:9092",
		"clusterId":        "5L6g3nShT-eMCtK--X86sw",
		"namespace":        "kafka-kraft",
		"image":            "localhost:5050/kafka-kraft/kafka@sha256:0123",
		"kafkaVersion":     "4.4.0",
		"topology":         "combined",
	}, program)
	fmt.Println(err)
	// Output:
	// KAFKA_BOOTSTRAP_SERVERS = kafka-bootstrap.kafka-kraft.svc.cluster.local:9092
	// <nil>
}
