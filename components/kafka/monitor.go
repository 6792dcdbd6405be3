package kafka

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newPodMonitor tells the Prometheus operator to scrape every pod.
// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
func newPodMonitor(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) error {
	labels := args.Plan.Labels()
	_, err := apiextensions.NewCustomResource(ctx, name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String("PodMonitor"),
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.Plan.Name),
			Namespace: args.namespace(),
			Labels:    pulumi.ToStringMap(labels),
		},
		OtherFields: kubernetes.UntypedArgs{
			"spec": map[string]any{
				"selector":            map[string]any{"matchLabels": labels},
				"podMetricsEndpoints": []map[string]any{{"port": metricsPortName, "path": "/metrics"}},
			},
		},
	}, child)
	if err != nil {
		return fmt.Errorf("pod monitor of %s: %w", args.Plan.Name, err)
	}
	return nil
}
