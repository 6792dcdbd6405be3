package topics_test

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/topics"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// A Kafka, a topic in it that keeps records for a week, and a limit of all clients that write
// without a limit of their own. Package plugin says how Pulumi finds the provider.
func Example() {
	program := func(ctx *pulumi.Context) error {
		orders, err := kafka.New(ctx, "orders", &kafka.Args{
			Image: image.Args{Reference: pulumi.String("registry.example.com/kafka:4.3.1")},
			Gate:  &kafka.Gate{Context: "minikube"},
		})
		if err != nil {
			return err
		}
		place := topics.Place{Context: "minikube", Cluster: orders}
		placed, err := topics.NewTopic(ctx, "placed", &topics.TopicArgs{
			Place:      place,
			Partitions: pulumi.Int(12),
			Configs:    pulumi.StringMap{"retention.ms": pulumi.String("604800000")},
		}, pulumi.Parent(orders))
		if err != nil {
			return err
		}
		_, err = topics.NewQuota(ctx, "writers", &topics.QuotaArgs{
			Place: place, ClientID: pulumi.String(topics.Default), ProducerByteRate: pulumi.Float64(10 << 20),
		}, pulumi.Parent(orders))
		ctx.Export("topic", placed.Name)
		return err
	}
	// Instead of Pulumi, a recorder.
	_, err := record.Run(nil, program)
	fmt.Println(err)
	// Output: <nil>
}
