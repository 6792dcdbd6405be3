package kafka_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ready is an image that need not be built; without one it is.
var ready = image.Args{Reference: pulumi.String("registry.example.com/kafka:4.3.1")}

// A whole program is this function in pulumi.Run.
func ExampleNew() {
	program := func(ctx *pulumi.Context) error {
		orders, err := kafka.New(ctx, "orders", &kafka.Args{Image: ready})
		if err == nil {
			ctx.Export("bootstrapServers", orders.BootstrapServers)
		}
		return err
	}
	// Instead of Pulumi, a recorder.
	_, err := record.Run(nil, program)
	fmt.Println(err)
	// Output: <nil>
}

// Two pools of brokers, of which the second one is larger and in another zone.
func ExampleNew_pools() {
	program := func(ctx *pulumi.Context) error {
		plan := topology.Plan{Name: "orders", Namespace: "shop"}.Separated(topology.Pool{}, topology.Pool{Rack: "a"})
		plan.Pools = append(plan.Pools, topology.Pool{
			Name: "orders-kafka-large", Roles: []topology.Role{topology.Broker}, FirstID: 2000, Replicas: 2, Rack: "b",
			Size:   topology.Size{Heap: "4Gi", MemoryRequest: "8Gi", MemoryLimit: "8Gi"},
			Claims: []topology.Claim{plan.Claim(topology.RecordsClaim, "100Gi", "fast")},
		})
		orders, err := kafka.New(ctx, "orders", &kafka.Args{Plan: plan.Outside("node.example.com", 31000), Image: ready})
		if err != nil {
			return err
		}
		fmt.Println(orders.Plan.BrokerPods())
		return nil
	}
	_, err := record.Run(nil, program)
	fmt.Println(err)
	// Output:
	// [orders-kafka-broker-0 orders-kafka-broker-1 orders-kafka-broker-2 orders-kafka-large-0 orders-kafka-large-1]
	// <nil>
}
