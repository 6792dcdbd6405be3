package monitoring

import (
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/yaml"
)

// RuleFile is the content of a rule file of Prometheus, and the spec of a PrometheusRule.
// https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
type RuleFile struct {
	Groups []RuleGroup `json:"groups"`
}

// RuleGroup are rules that are evaluated together.
type RuleGroup struct {
	Name  string          `json:"name"`
	Rules []RuleFileEntry `json:"rules"`
}

// RuleFileEntry is a rule as Prometheus reads it.
type RuleFileEntry struct {
	Alert       string            `json:"alert"`
	Expr        string            `json:"expr"`
	For         string            `json:"for,omitempty"`
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
}

// RuleFile are the cluster's rules as Prometheus reads them, in a group of the cluster's own.
// Every alert has the labels severity, cluster and namespace, and the annotations summary,
// description and runbook_url.
func (c Cluster) RuleFile() RuleFile {
	group := RuleGroup{Name: c.Plan.Namespace + "-" + c.Plan.Name}
	for _, rule := range c.Rules() {
		group.Rules = append(group.Rules, RuleFileEntry{
			Alert: rule.Alert, Expr: rule.Expr, For: minutes(rule.For),
			Labels: map[string]string{
				"severity": string(rule.Severity), "cluster": c.Plan.Name, "namespace": c.Plan.Namespace,
			},
			Annotations: map[string]string{
				"summary": rule.Summary, "description": rule.Description,
				"runbook_url": runbooks + "#" + strings.ToLower(rule.Alert),
			},
		})
	}
	return RuleFile{Groups: []RuleGroup{group}}
}

// YAML is the file itself.
func (f RuleFile) YAML() ([]byte, error) {
	text, err := yaml.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("rule file: %w", err)
	}
	return text, nil
}

// minutes is a duration as Prometheus writes it; "" for none.
func minutes(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}
