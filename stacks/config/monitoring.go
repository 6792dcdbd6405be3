package config

import (
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// checkMonitoring asks for metrics where something looks at them, and for labels that
// Kubernetes takes.
func (c Config) checkMonitoring(p *Problems) {
	m := c.Monitoring
	for key, wanted := range sorted(map[string]bool{
		"podMonitor": c.PodMonitor, "monitoring.podMonitor": m.PodMonitor, "monitoring.rules": m.Rules, "monitoring.dashboards": m.Dashboards,
	}) {
		if wanted && !c.Metrics {
			p.add(key, "true", "needs kafka-kraft:metrics true")
		}
	}
	c.checkLabels(p, "monitoring.labels", m.Labels)
	c.checkLabels(p, "monitoring.dashboardLabels", m.DashboardLabels)
}

func (c Config) checkLabels(p *Problems, key string, labels map[string]string) {
	own := topology.Labels(c.ClusterName)
	for label, value := range sorted(labels) {
		path := key + "." + label
		if _, taken := own[label]; taken {
			p.add(path, value, "is set by this program, which finds its objects by it: leave it out")
			continue
		}
		if reason := invalid(validation.IsQualifiedName(label)); reason != "" {
			p.add(path, value, "must have a name for a label, such as release or example.com/team")
		}
		if reason := invalid(validation.IsValidLabelValue(value)); reason != "" {
			p.add(path, value, "must be at most %d letters, digits, dashes, underscores and dots, beginning and ending with a letter or digit", maxLabel)
		}
	}
}
