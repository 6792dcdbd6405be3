package monitoring_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/monitoring"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// go test ./monitoring -update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files anew")

// clusters of each topology, by name.
var clusters = map[string]monitoring.Cluster{
	"kafka": {Plan: topology.Plan{
		Name: "kafka", Namespace: "kafka-kraft", Shared: &topology.Shared{HostPath: "/mnt/data", Size: "10Gi"},
	}.Combined(topology.Pool{})},
	"ci": {Plan: topology.Plan{Name: "ci", Namespace: "kafka-kraft-ci"}.Separated(topology.Pool{}, topology.Pool{})},
}

func golden(t *testing.T, name string, is []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, is, 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(string(want), string(is)); diff != "" {
		t.Errorf("%s has changed; if that is meant: go test ./monitoring -update\n%s", name, diff)
	}
}

func TestGolden(t *testing.T) {
	rules, err := clusters["ci"].RuleFile().YAML()
	require.NoError(t, err)
	golden(t, "ci.rules.yaml", rules)
	for name, board := range clusters["ci"].Dashboards() {
		text, err := board.JSON()
		require.NoError(t, err)
		golden(t, name, text)
	}
}

// Whoever is woken finds a section of its own for the alert, with what to type.
func TestEveryAlertHasARunbook(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "monitoring.md"))
	require.NoError(t, err)
	_, runbooks, found := strings.Cut(string(text), "\n## Alerts\n")
	require.True(t, found)
	sections := map[string]string{}
	for _, part := range strings.Split(runbooks, "\n### ")[1:] {
		name, body, _ := strings.Cut(part, "\n")
		sections[name] = body
	}
	for _, rule := range clusters["ci"].Rules() {
		assert.Contains(t, sections, rule.Alert)
		for _, part := range []string{"**Means:**", "**Look at:**", "**Do:**"} {
			assert.Contains(t, sections[rule.Alert], part, rule.Alert)
		}
		delete(sections, rule.Alert)
	}
	assert.Empty(t, sections, "of no alert")
}

func TestRules(t *testing.T) {
	for name, cluster := range clusters {
		t.Run(name, func(t *testing.T) {
			seen := map[string]bool{}
			for _, rule := range cluster.RuleFile().Groups[0].Rules {
				assert.False(t, seen[rule.Alert], "twice: %s", rule.Alert)
				seen[rule.Alert] = true
				assert.Regexp(t, `^Kafka[A-Z][A-Za-z]+$`, rule.Alert)
				assert.Contains(t, []string{"critical", "warning"}, rule.Labels["severity"])
				assert.Equal(t, cluster.Plan.Name, rule.Labels["cluster"])
				assert.Equal(t, cluster.Plan.Namespace, rule.Labels["namespace"])
				assert.True(t, strings.HasSuffix(rule.Annotations["runbook_url"], "docs/monitoring.md#"+strings.ToLower(rule.Alert)))
				for _, sentence := range []string{"summary", "description"} {
					assert.True(t, strings.HasSuffix(rule.Annotations[sentence], "."), "%s: %q is no sentence", rule.Alert, rule.Annotations[sentence])
				}
				// Prometheus does not know the labels of the rule when it fills in templates.
				assert.NotContains(t, rule.Annotations["summary"]+rule.Annotations["description"], "$labels.cluster")
			}
			// No kubelet tells about a directory of its node.
			assert.Equal(t, cluster.Plan.Shared == nil, seen["KafkaVolumeFillsUp"])
		})
	}
}

// Nobody misses the pods of a cluster that is stopped.
func TestStoppedClusterMissesNobody(t *testing.T) {
	stopped := clusters["ci"]
	stopped.Stopped = true
	for _, rule := range stopped.Rules() {
		assert.NotEqual(t, "KafkaMembersMissing", rule.Alert)
	}
	assert.Len(t, stopped.Rules(), len(clusters["ci"].Rules())-1)
}

// The pattern of pods finds those of the cluster, and not those of a neighbour with a longer name.
func TestPodsOfOneCluster(t *testing.T) {
	expr := clusters["kafka"].Rules()[0].Expr
	pattern := regexp.MustCompile(`pod=~"([^"]*)"`).FindStringSubmatch(expr)
	require.NotNil(t, pattern, expr)
	pods := regexp.MustCompile("^(?:" + pattern[1] + ")$") // as Prometheus does
	for _, pod := range clusters["kafka"].Plan.Pools[0].Pods() {
		assert.Regexp(t, pods, pod)
	}
	for _, other := range []string{"kafka-kafka-broker-0", "my-kafka-0", "kafka-exporter-7d9f-x2x"} {
		assert.NotRegexp(t, pods, other)
	}
}

func TestDashboards(t *testing.T) {
	uids := map[string]string{}
	for name, cluster := range clusters {
		assert.Len(t, cluster.Dashboards(), 3)
		for file, board := range cluster.Dashboards() {
			t.Run(file, func(t *testing.T) {
				assert.LessOrEqual(t, len(board.UID), 40)
				assert.Empty(t, uids[board.UID])
				uids[board.UID] = name
				assert.Contains(t, file, cluster.Plan.Namespace+"-"+cluster.Plan.Name)
				ids, taken := map[int]bool{}, map[[2]int]string{}
				for _, panel := range board.Panels {
					assert.False(t, ids[panel.ID])
					ids[panel.ID] = true
					at := panel.GridPos
					assert.LessOrEqual(t, at.X+at.W, 24, panel.Title)
					for x := at.X; x < at.X+at.W; x++ {
						for y := at.Y; y < at.Y+at.H; y++ {
							assert.Empty(t, taken[[2]int{x, y}], "%s lies on another panel", panel.Title)
							taken[[2]int{x, y}] = panel.Title
						}
					}
					for _, target := range panel.Targets {
						assert.Contains(t, target.Expr, `namespace="$namespace"`, panel.Title)
						assert.Equal(t, "${datasource}", target.Datasource.UID)
					}
				}
				text, err := board.JSON()
				require.NoError(t, err)
				require.True(t, json.Valid(text))
				assert.Less(t, len(text), 250_000, "a ConfigMap holds 1 MiB, and there are three")
			})
		}
	}
}

// The variable cluster finds the clusters' names in those of their pods.
func TestClusterVariable(t *testing.T) {
	own := topology.Plan{Name: "orders", Namespace: "shop", Pools: []topology.Pool{
		{Name: "orders-voters", Roles: []topology.Role{topology.Controller}},
		{Name: "fast", Roles: []topology.Role{topology.Broker}, FirstID: topology.PoolIDs},
	}}.Complete()
	for pod, want := range map[string]string{
		"kafka-0": "kafka", "ci-kafka-broker-2": "ci", "ci-kafka-controller-10": "ci", "orders-voters-1": "orders",
	} {
		board := anyOf(monitoring.Cluster{Plan: own}.Dashboards())
		variable := board.Templating.List[2]
		require.Equal(t, "cluster", variable.Name)
		found := regexp.MustCompile(strings.Trim(variable.Regex, "/")).FindStringSubmatch(pod)
		require.Len(t, found, 2, pod)
		assert.Equal(t, want, found[1], pod)
		// And its panels show the pod, and those that are not called after the cluster.
		pattern := regexp.MustCompile(`pod=~"([^"]*)"`).FindStringSubmatch(board.Panels[1].Targets[0].Expr)
		require.NotNil(t, pattern)
		pods := regexp.MustCompile("^(?:" + strings.ReplaceAll(pattern[1], "${cluster}", want) + ")$")
		assert.Regexp(t, pods, pod)
		assert.Regexp(t, pods, "fast-0")
		assert.NotRegexp(t, pods, "other-0")
	}
}

func anyOf(boards map[string]monitoring.Dashboard) monitoring.Dashboard {
	for _, board := range boards {
		return board
	}
	return monitoring.Dashboard{}
}
