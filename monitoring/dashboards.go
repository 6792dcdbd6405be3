package monitoring

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// tag is what all our dashboards have, and by which each leads to the others.
const tag = "kafka-kraft"

// Dashboards are those of a cluster, by the name of their files without folder: namespace and
// cluster are in it, since the sidecar of Grafana's chart writes all that it finds into one
// folder. They show any cluster of ours that the data source knows, and this one at first.
func (c Cluster) Dashboards() map[string]Dashboard {
	boards := map[string]Dashboard{}
	for name, board := range map[string]Dashboard{"overview": overview(c), "quorum": quorum(c), "topics": traffic(c)} {
		board.UID = c.uid(name)
		board.Title = fmt.Sprintf("%s / %s", c.kafka(), board.Title)
		board.Tags = []string{tag, "kafka"}
		board.Links = []Link{{Type: "dashboards", Title: "Kafka", Tags: []string{tag}, AsDropdown: true, IncludeVars: true, KeepTime: true}}
		board.SchemaVersion, board.Editable, board.Refresh, board.Timezone = schemaVersion, true, "30s", "browser"
		board.Time = TimeRange{From: "now-3h", To: "now"}
		board.Templating.List = c.variables()
		boards[fmt.Sprintf("%s-%s-%s.json", c.Plan.Namespace, c.Plan.Name, name)] = board
	}
	return boards
}

// uid tells the dashboards of different clusters apart in one Grafana, which allows 40
// characters.
func (c Cluster) uid(name string) string {
	sum := sha256.Sum256([]byte(c.Plan.Namespace + "/" + c.Plan.Name))
	return "kafka-" + hex.EncodeToString(sum[:6]) + "-" + name
}

// everyNode is a metric that every node of a cluster has, by which clusters are found.
const everyNode = "kafka_server_raftmetrics_current_leader"

func (c Cluster) variables() []Variable {
	one := func(name, label, question, regex, current string) Variable {
		return Variable{
			Type: "query", Name: name, Label: label, Datasource: &prometheus,
			Query: map[string]any{"query": question, "refId": name}, Definition: question, Regex: regex,
			Refresh: 2, // whenever the time range changes
			Sort:    1, // by name
			Current: map[string]any{"text": current, "value": current},
		}
	}
	return []Variable{
		{Type: "datasource", Name: "datasource", Label: "Data source", Query: "prometheus", Refresh: 1, Current: map[string]any{}},
		one("namespace", "Namespace", "label_values("+everyNode+", namespace)", "", c.Plan.Namespace),
		one("cluster", "Cluster", `label_values(`+everyNode+`{namespace="$namespace"}, pod)`,
			"/^(.+?)(?:"+strings.Join(c.suffixes(), "|")+")?-[0-9]+$/", c.Plan.Name),
	}
}

// suffixes are what pools are called behind their cluster's name: in a separated cluster, and in
// this one.
func (c Cluster) suffixes() []string {
	suffixes := []string{"-kafka-controller", "-kafka-broker"}
	for _, pool := range c.Plan.Pools {
		if suffix, ok := strings.CutPrefix(pool.Name, c.Plan.Name); ok && suffix != "" && !slices.Contains(suffixes, suffix) {
			suffixes = append(suffixes, suffix)
		}
	}
	return suffixes
}

// shown is a pattern of the names of the pods of the cluster that was chosen; pools that are not
// called after their cluster are always among them.
func (c Cluster) shown() string {
	pattern := "${cluster}(|" + strings.Join(c.suffixes(), "|") + ")"
	for _, pool := range c.Plan.Pools {
		if !strings.HasPrefix(pool.Name, c.Plan.Name) {
			pattern += "|" + pool.Name
		}
	}
	return "(" + pattern + ")-[0-9]+"
}

// series are those of a metric in the cluster that was chosen, with more to select by.
func (c Cluster) series(metric string, more ...string) string {
	return fmt.Sprintf(`%s{%s}`, metric, strings.Join(append([]string{`namespace="$namespace"`, `pod=~"` + c.shown() + `"`}, more...), ","))
}

// by is a gauge's one value for each value of some labels.
func (c Cluster) by(labels, metric string, more ...string) string {
	return "max by (" + labels + ") (" + c.series(metric, more...) + ")"
}

// total is a gauge's sum over all pods.
func (c Cluster) total(metric string) string {
	return "sum(" + c.by("pod", metric) + ")"
}

// rate is how much a counter grows a second.
func (c Cluster) rate(labels, metric string) string {
	return "sum by (" + labels + ") (rate(" + c.series(metric) + "[$__rate_interval]))"
}

// each is a gauge by pod.
func (c Cluster) each(metric string, more ...string) query {
	return query{c.by("pod", metric, more...), "{{pod}}"}
}

// pace is a counter by pod.
func (c Cluster) pace(metric string) query {
	return query{c.rate("pod", metric), "{{pod}}"}
}
