package topics_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/topics"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/ops"
	plugin "github.com/kafka-kraft/kafka-kraft/plugin/topics"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// The program says what the provider listens for, and all that it must have.
func TestTopics(t *testing.T) {
	assert.Equal(t, ops.DefaultEntity, topics.Default)
	plan := topology.Plan{Name: "kafka", Namespace: "n"}.Separated(topology.Pool{}, topology.Pool{})
	made, err := record.Run(nil, func(ctx *pulumi.Context) error {
		cluster, err := kafka.New(ctx, "orders", &kafka.Args{
			Plan: plan, Image: image.Args{Reference: pulumi.String("registry.example.com/kafka:4.3.1")}, Gate: &kafka.Gate{Context: "here"},
		})
		if err != nil {
			return err
		}
		if _, err := topics.NewTopic(ctx, "least", &topics.TopicArgs{Place: topics.Place{Context: "here", Cluster: cluster}}); err != nil {
			return err
		}
		place := topics.Place{Context: "here", Cluster: cluster, Stopped: true}
		if _, err := topics.NewTopic(ctx, "full", &topics.TopicArgs{
			Place: place, Name: pulumi.String("a.b"), Partitions: pulumi.Int(3), ReplicationFactor: pulumi.Int(2),
			Configs: pulumi.StringMap{"flush.ms": pulumi.String("1")}, DeletionProtection: pulumi.Bool(false), Adopt: true,
		}, pulumi.Parent(cluster)); err != nil {
			return err
		}
		_, err = topics.NewQuota(ctx, "full", &topics.QuotaArgs{
			Place: place, User: pulumi.String("u"), ClientID: pulumi.String(topics.Default), ProducerByteRate: pulumi.Float64(1),
			ConsumerByteRate: pulumi.Float64(2), RequestPercentage: pulumi.Float64(3), ControllerMutationRate: pulumi.Float64(4), Adopt: true,
		})
		return err
	})
	require.NoError(t, err)
	where := map[string]any{
		"context": "here", "namespace": "n", "statefulSet": "kafka-kafka-broker", "bootstrapServers": plan.BootstrapServers(), "stopped": true,
	}
	with := func(more map[string]any) map[string]any {
		all := map[string]any{}
		for _, values := range []map[string]any{where, more} {
			for key, value := range values {
				all[key] = value
			}
		}
		return all
	}
	least := with(map[string]any{"name": "least"})
	delete(least, "stopped")
	want := map[string]map[string]any{
		topics.TopicType + " least": least,
		topics.TopicType + " full": with(map[string]any{
			"name": "a.b", "partitions": 3.0, "replicationFactor": 2.0, "configs": map[string]any{"flush.ms": "1"}, "deletionProtection": false, "adopt": true,
		}),
		topics.QuotaType + " full": with(map[string]any{
			"user": "u", "clientId": "<default>", "producerByteRate": 1.0, "consumerByteRate": 2.0, "requestPercentage": 3.0, "controllerMutationRate": 4.0, "adopt": true,
		}),
	}
	found := map[string]map[string]any{}
	for _, r := range made {
		if _, ours := want[r.String()]; !ours {
			continue
		}
		found[r.String()] = r.Inputs
		assert.Contains(t, r.Waits, "kafka-kraft:ops:Membership orders-kafka-broker", "it waits for the last gate")
		assert.Equal(t, kafka.ClusterType+" orders", r.With, "and goes with the cluster")
	}
	assert.Equal(t, want, found)
	heard(t, reflect.TypeFor[plugin.TopicArgs](), found[topics.TopicType+" full"], found[topics.TopicType+" least"])
	heard(t, reflect.TypeFor[plugin.QuotaArgs](), found[topics.QuotaType+" full"])
}

// heard holds what the program says against the provider's arguments.
func heard(t *testing.T, args reflect.Type, all ...map[string]any) {
	t.Helper()
	known := map[string]bool{}
	for _, field := range reflect.VisibleFields(args) {
		name, optional, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
		known[name] = true
		for _, inputs := range all {
			if name != "" && optional == "" {
				assert.Contains(t, inputs, name, args.Name())
			}
		}
	}
	for _, inputs := range all {
		for name := range inputs {
			assert.True(t, known[name], "%s knows no %s", args.Name(), name)
		}
	}
}

func TestTopicsWithoutAPlace(t *testing.T) {
	_, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := topics.NewTopic(ctx, "orders", nil)
		require.ErrorContains(t, err, `topic "orders": Place needs the Context and the Cluster`)
		_, err = topics.NewQuota(ctx, "orders", &topics.QuotaArgs{Place: topics.Place{Context: "here"}})
		require.ErrorContains(t, err, `quota "orders": Place needs the Context and the Cluster`)
		return nil
	})
	require.NoError(t, err)
}
