// Package placement decides which broker holds which replica when brokers come or go.
//
// It is pure: a [Cluster] goes in, a list of [Move] comes out, and the same cluster gives the
// same list. Nothing here talks to Kafka; package ops carries moves out.
//
// For every move: the partition keeps its number of replicas, no broker has it twice, its
// replicas stand in as many racks as before (or in as many as there are left), and only replicas
// that must move do. The first replica is the preferred leader; it keeps its place where it
// stays, and where it does not the partition goes to whoever of its replicas leads least.
package placement
