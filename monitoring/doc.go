// Package monitoring says as data how a Kafka cluster is looked after: alert rules for
// Prometheus, and dashboards for Grafana. It is pure: rules and dashboards are values of Go,
// which a component puts into Kubernetes, a command writes into files, and tests hold against
// what a cluster tells.
//
// Both name only metrics that image/metrics/rules.yml lets the exporter tell or that the agent
// (image/agent) tells beside it, but for those of volumes, which the kubelet tells. testdata/exposed.txt lists what a cluster tells; tests hold
// every rule and panel against the list, and the list against a living cluster. What each alert
// means is in docs/monitoring.md.
package monitoring
