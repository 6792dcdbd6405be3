package kafka

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/monitoring"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Monitoring is what Prometheus and Grafana are given in the cluster. Package monitoring has
// the same rules and dashboards as files.
type Monitoring struct {
	// PodMonitor asks the Prometheus operator, whose definitions must be there, to scrape the
	// pods.
	PodMonitor bool `pulumi:"podMonitor,optional"`
	// Rules gives the same operator alerts, as a PrometheusRule.
	Rules bool `pulumi:"rules,optional"`
	// Dashboards makes a ConfigMap that the sidecar of Grafana's Helm chart finds by its label
	// grafana_dashboard.
	Dashboards bool `pulumi:"dashboards,optional"`
	// Labels are further ones of PodMonitor and PrometheusRule, by which an operator may
	// select them.
	Labels map[string]string `pulumi:"labels,optional"`
	// DashboardLabels are further ones of the dashboards' ConfigMap, or another value of
	// grafana_dashboard.
	DashboardLabels map[string]string `pulumi:"dashboardLabels,optional"`
}

// DashboardsName is what Kubernetes calls the ConfigMap with a cluster's dashboards.
func DashboardsName(plan topology.Plan) string { return plan.Name + "-dashboards" }

func (w Monitoring) validate(metrics bool) error {
	var problems []error
	for _, part := range []struct {
		name   string
		wanted bool
	}{{"PodMonitor", w.PodMonitor}, {"Monitoring.Rules", w.Rules}, {"Monitoring.Dashboards", w.Dashboards}} {
		if part.wanted && !metrics {
			problems = append(problems, fmt.Errorf("%s needs Settings.Metrics", part.name))
		}
	}
	return errors.Join(append(problems, checkLabels("Monitoring.Labels", w.Labels), checkLabels("Monitoring.DashboardLabels", w.DashboardLabels))...)
}

func checkLabels(where string, labels map[string]string) error {
	var problems []error
	for _, label := range slices.Sorted(maps.Keys(labels)) {
		reasons := append(validation.IsQualifiedName(label), validation.IsValidLabelValue(labels[label])...)
		if len(reasons) > 0 {
			problems = append(problems, fmt.Errorf("%s[%s] %q is no label: %s", where, label, labels[label], strings.Join(reasons, "; ")))
		}
	}
	return errors.Join(problems...)
}

// monitor makes what is wanted of it.
func (m *making) monitor() error {
	for _, part := range []struct {
		wanted bool
		make   func() error
	}{
		{m.Monitoring.PodMonitor, m.podMonitor},
		{m.Monitoring.Rules, m.rules},
		{m.Monitoring.Dashboards, m.dashboards},
	} {
		if !part.wanted {
			continue
		}
		if err := part.make(); err != nil {
			return err
		}
	}
	return nil
}

// podMonitor tells the Prometheus operator to scrape every pod.
// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
func (m *making) podMonitor() error {
	return m.forOperator("PodMonitor", map[string]any{
		"selector": map[string]any{"matchLabels": m.Plan.Labels()},
		"podMetricsEndpoints": []map[string]any{
			{"port": metricsPortName, "path": "/metrics"},
			{"port": monitoring.AgentEndpoint, "path": contract.PathMetrics},
		},
	})
}

// rules gives the Prometheus operator the cluster's alerts.
// https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PrometheusRule
func (m *making) rules() error {
	text, err := json.Marshal(m.watched().RuleFile())
	if err != nil {
		return fmt.Errorf("rules of %s: %w", m.Plan.Name, err)
	}
	var spec map[string]any
	if err := json.Unmarshal(text, &spec); err != nil {
		return fmt.Errorf("rules of %s: %w", m.Plan.Name, err)
	}
	return m.forOperator("PrometheusRule", spec)
}

// forOperator makes an object that the Prometheus operator reads.
func (m *making) forOperator(kind string, spec map[string]any) error {
	_, err := apiextensions.NewCustomResource(m.ctx, m.name, &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String("monitoring.coreos.com/v1"),
		Kind:       pulumi.String(kind),
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(m.Plan.Name),
			Namespace: m.namespace,
			Labels:    pulumi.ToStringMap(kube.With(m.Monitoring.Labels, m.Plan.Labels())),
		},
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, m.child)
	if err != nil {
		return fmt.Errorf("%s of %s: %w", kind, m.Plan.Name, err)
	}
	return nil
}

// dashboards are files for Grafana. The name is a fixed one: the sidecar deletes a file when
// the ConfigMap with it goes, so a new one of another name would take the old one's files along.
// https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards
func (m *making) dashboards() error {
	files := pulumi.StringMap{}
	for name, board := range m.watched().Dashboards() {
		text, err := board.JSON()
		if err != nil {
			return err
		}
		files[name] = pulumi.String(text)
	}
	labels := kube.With(map[string]string{"grafana_dashboard": "1"}, m.Monitoring.DashboardLabels)
	_, err := corev1.NewConfigMap(m.ctx, m.name+"-dashboards", &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(DashboardsName(m.Plan)),
			Namespace: m.namespace,
			Labels:    pulumi.ToStringMap(kube.With(labels, m.Plan.Labels())),
		},
		Data: files,
	}, m.child)
	if err != nil {
		return fmt.Errorf("dashboards of %s: %w", m.Plan.Name, err)
	}
	return nil
}

// watched is the cluster as rules and dashboards see it.
func (m *making) watched() monitoring.Cluster {
	return monitoring.Cluster{Plan: m.Plan, Stopped: m.Settings.Stopped}
}
