package main

import (
	"fmt"
	"strconv"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newApplication reads the topic and makes it if it is not there. Its image is Kafka's, which has
// the command line tools.
func newApplication(ctx *pulumi.Context, namespace *corev1.Namespace, bootstrap pulumi.String, image string, opts ...pulumi.ResourceOption) (*appsv1.Deployment, error) {
	tool := func(name string, command ...string) corev1.ContainerArgs {
		return corev1.ContainerArgs{
			Name: pulumi.String(name), Image: pulumi.String(image), Command: pulumi.ToStringArray(command),
			Env: corev1.EnvVarArray{
				corev1.EnvVarArgs{Name: pulumi.String("KAFKA_BOOTSTRAP_SERVERS"), Value: bootstrap},
				corev1.EnvVarArgs{Name: pulumi.String("KAFKA_TOOL_OPTS"), Value: pulumi.String("-Xmx64m")},
			},
			Resources: corev1.ResourceRequirementsArgs{
				Requests: pulumi.StringMap{"cpu": pulumi.String("20m"), "memory": pulumi.String("128Mi")},
				Limits:   pulumi.StringMap{"memory": pulumi.String("384Mi")},
			},
		}
	}
	labels := pulumi.StringMap{"app": pulumi.String("orders")}
	application, err := appsv1.NewDeployment(ctx, "orders", &appsv1.DeploymentArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String("orders"), Namespace: namespace.Metadata.Name()},
		Spec: appsv1.DeploymentSpecArgs{
			Replicas: pulumi.Int(1),
			Selector: metav1.LabelSelectorArgs{MatchLabels: labels},
			Template: corev1.PodTemplateSpecArgs{
				Metadata: metav1.ObjectMetaArgs{Labels: labels},
				Spec: corev1.PodSpecArgs{
					InitContainers: corev1.ContainerArray{tool("topic", "kafka-topics.sh",
						"--bootstrap-server", "$(KAFKA_BOOTSTRAP_SERVERS)", "--create", "--if-not-exists",
						"--topic", topic, "--partitions", strconv.Itoa(partitions))},
					Containers: corev1.ContainerArray{tool("reader", "kafka-console-consumer.sh",
						"--bootstrap-server", "$(KAFKA_BOOTSTRAP_SERVERS)", "--topic", topic, "--group", group, "--from-beginning")},
				},
			},
		},
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("application: %w", err)
	}
	return application, nil
}
