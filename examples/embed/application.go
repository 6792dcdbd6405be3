package main

import (
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
)

const topic = "orders"

// newApplication writes a record a second and reads them back. It stands for the
// team's own program: all that it knows of Kafka is the bootstrap address, in its
// environment. It is made when the Kafka is ready, since that address waits for it. Its image
// is Kafka's, which has the command line tools.
func newApplication(ctx *pulumi.Context, namespace *corev1.Namespace, kafka *kafka.Cluster, opts ...pulumi.ResourceOption) error {
	tool := func(name string, command ...string) corev1.ContainerArgs {
		return corev1.ContainerArgs{
			Name:    pulumi.String(name),
			Image:   kafka.Image,
			Command: pulumi.ToStringArray(command),
			Env: corev1.EnvVarArray{
				corev1.EnvVarArgs{Name: pulumi.String("KAFKA_BOOTSTRAP_SERVERS"), Value: kafka.BootstrapServers},
				corev1.EnvVarArgs{Name: pulumi.String("KAFKA_TOOL_OPTS"), Value: pulumi.String("-Xmx64m")},
			},
			Resources: corev1.ResourceRequirementsArgs{
				Requests: pulumi.StringMap{"cpu": pulumi.String("20m"), "memory": pulumi.String("128Mi")},
				Limits:   pulumi.StringMap{"memory": pulumi.String("384Mi")},
			},
		}
	}
	labels := pulumi.StringMap{"app": pulumi.String("application")}
	_, err := appsv1.NewDeployment(ctx, "application", &appsv1.DeploymentArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("application"), Namespace: namespace.Metadata.Name()},
		Spec: appsv1.DeploymentSpecArgs{
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: labels},
				Spec: corev1.PodSpecArgs{
					// Kafka makes no topic of itself: a slip in a name would make one.
					InitContainers: corev1.ContainerArray{tool("topic", "kafka-topics.sh",
						"--bootstrap-server", "$(KAFKA_BOOTSTRAP_SERVERS)", "--create", "--if-not-exists",
						"--topic", topic, "--partitions", "1", "--replication-factor", "1")},
					Containers: corev1.ContainerArray{
						tool("writer", "kafka-producer-perf-test.sh",
							"--bootstrap-server", "$(KAFKA_BOOTSTRAP_SERVERS)", "--topic", topic,
							"--num-records", "1000000000", "--throughput", "1", "--payload-monotonic"),
						tool("reader", "kafka-console-consumer.sh",
							"--bootstrap-server", "$(KAFKA_BOOTSTRAP_SERVERS)", "--topic", topic, "--from-beginning"),
					},
				},
			},
		},
	}, opts...)
	if err != nil {
		return fmt.Errorf("application: %w", err)
	}
	return nil
}
