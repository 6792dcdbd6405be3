// Package monitoring proves the alert rules and the dashboards of package monitoring with
// Prometheus itself: every expression parses, every metric in one is told by a cluster, and
// every alert fires when it should, and not when it should not.
//
// It is a module of its own, so that nobody who imports the program has to think of what
// Prometheus brings along.
package monitoring
