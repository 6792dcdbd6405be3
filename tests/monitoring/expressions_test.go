package monitoring

import (
	"bufio"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/monitoring"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// clusters of each topology, by name.
var clusters = map[string]monitoring.Cluster{
	"kafka": {Plan: topology.Plan{
		Name: "kafka", Namespace: "kafka-kraft", Shared: &topology.Shared{HostPath: "/mnt/data", Size: "10Gi"},
	}.Combined(topology.Pool{})},
	"ci": {Plan: topology.Plan{Name: "ci", Namespace: "kafka-kraft-ci"}.Separated(topology.Pool{}, topology.Pool{})},
}

// language is PromQL without what is experimental.
var language = parser.NewParser(parser.Options{})

// Prometheus itself judges the rule file: expressions, durations, labels and templates.
func TestRuleFile(t *testing.T) {
	for name, cluster := range clusters {
		text, err := cluster.RuleFile().YAML()
		require.NoError(t, err)
		groups, errs := rulefmt.Parse(text, false, model.UTF8Validation, language, nil)
		require.Empty(t, errs, name)
		require.Len(t, groups.Groups, 1)
		assert.Len(t, groups.Groups[0].Rules, len(cluster.Rules()))
	}
}

// An alert or a panel about a metric that nobody tells looks as if all were well.
func TestEveryMetricIsTold(t *testing.T) {
	told := exposed(t)
	told["up"] = "Prometheus" // of every target
	for name, cluster := range clusters {
		for _, rule := range cluster.Rules() {
			for _, metric := range metrics(t, rule.Expr) {
				assert.Contains(t, told, metric, "%s: %s", name, rule.Alert)
			}
		}
		for file, board := range cluster.Dashboards() {
			asked := map[string]bool{}
			for _, panel := range board.Panels {
				for _, target := range panel.Targets {
					for _, metric := range metrics(t, chosen(target.Expr)) {
						assert.Contains(t, told, metric, "%s: %s", file, panel.Title)
						assert.NotEqual(t, "kubelet", told[metric], "%s: %s", file, panel.Title)
						asked[metric] = true
					}
				}
			}
			assert.Greater(t, len(asked), 15, file)
			for _, variable := range board.Templating.List {
				if question := regexp.MustCompile(`^label_values\((.+), \w+\)$`).FindStringSubmatch(variable.Definition); question != nil {
					assert.Subset(t, keys(told), metrics(t, chosen(question[1])), file)
				} else {
					assert.Equal(t, "datasource", variable.Type)
				}
			}
		}
	}
}

// Nothing may ask for series of another cluster.
func TestEverySelectorNamesTheCluster(t *testing.T) {
	for name, cluster := range clusters {
		for _, rule := range cluster.Rules() {
			for _, selector := range selectors(t, rule.Expr) {
				assert.Equal(t, cluster.Plan.Namespace, matcher(selector, "namespace"), "%s: %s", name, rule.Alert)
				assert.NotEmpty(t, matcher(selector, "pod")+matcher(selector, "persistentvolumeclaim"), "%s: %s", name, rule.Alert)
			}
		}
		for file, board := range cluster.Dashboards() {
			for _, panel := range board.Panels {
				for _, target := range panel.Targets {
					for _, selector := range selectors(t, chosen(target.Expr)) {
						assert.NotEmpty(t, matcher(selector, "namespace"), "%s: %s", file, panel.Title)
						assert.NotEmpty(t, matcher(selector, "pod"), "%s: %s", file, panel.Title)
					}
				}
			}
		}
	}
}

// exposed is what a cluster tells, by name the role of who tells it.
func exposed(t *testing.T) map[string]string {
	t.Helper()
	file, err := os.Open(filepath.Join("..", "..", "monitoring", "testdata", "exposed.txt"))
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	told := map[string]string{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if role, name, ok := strings.Cut(lines.Text(), " "); ok && !strings.HasPrefix(role, "#") {
			told[name] = role
		}
	}
	require.Greater(t, len(told), 100)
	return told
}

// chosen is an expression as Grafana asks it.
func chosen(expr string) string {
	return strings.NewReplacer("$namespace", "kafka-kraft-ci", "${cluster}", "ci", "$__rate_interval", "1m").Replace(expr)
}

func metrics(t *testing.T, expr string) []string {
	t.Helper()
	var names []string
	for _, selector := range selectors(t, expr) {
		names = append(names, matcher(selector, model.MetricNameLabel))
	}
	require.NotEmpty(t, names, expr)
	return names
}

func selectors(t *testing.T, expr string) []*parser.VectorSelector {
	t.Helper()
	parsed, err := language.ParseExpr(expr)
	require.NoError(t, err, expr)
	var found []*parser.VectorSelector
	parser.Inspect(parsed, func(node parser.Node, _ []parser.Node) error {
		if selector, ok := node.(*parser.VectorSelector); ok {
			found = append(found, selector)
		}
		return nil
	})
	return found
}

// matcher is what a selector asks of a label.
func matcher(selector *parser.VectorSelector, label string) string {
	for _, m := range selector.LabelMatchers {
		if m.Name == label {
			return m.Value
		}
	}
	return ""
}

func keys(m map[string]string) []string {
	all := make([]string, 0, len(m))
	for key := range m {
		all = append(all, key)
	}
	return all
}
