// Package review turns a preview of the Pulumi engine into something that people and
// programs can judge before anything changes: what would be made, changed, replaced
// and deleted, which pods would roll and in which order.
//
// A [Collector] listens to a preview and makes a [Plan] of it. [Plan.Markdown] writes
// the plan for a pull request, and package policy holds it against the rules of a
// Kafka cluster. Secrets never reach a plan: where one was, it says [Secret].
//
// The package knows nothing of this project's configuration and talks to no cluster.
// What it says about pods is what Kubernetes does with any StatefulSet; Kafka's roles
// are read from the labels that our pods carry.
package review
