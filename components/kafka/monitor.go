package kafka

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// podMonitor tells the Prometheus operator to scrape every pod.
// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
func (m *making) podMonitor() error {
	labels := m.Plan.Labels()
	_, err := apiextensions.NewCustomResource(m.ctx, m.name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String("PodMonitor"),
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(m.Plan.Name),
			Namespace: m.namespace,
			Labels:    pulumi.ToStringMap(labels),
		},
		OtherFields: kubernetes.UntypedArgs{
			"spec": map[string]any{
				"selector":            map[string]any{"matchLabels": labels},
				"podMetricsEndpoints": []map[string]any{{"port": metricsPortName, "path": "/metrics"}},
			},
		},
	}, m.child)
	if err != nil {
		return fmt.Errorf("pod monitor of %s: %w", m.Plan.Name, err)
	}
	return nil
}
