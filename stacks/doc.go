// Package stacks is the Pulumi program: a stack's configuration goes in, a Kafka
// cluster on Kubernetes comes out.
//
// The way is one-directional and every step before the last is pure:
//
//	Pulumi.<stack>.yaml → Load → Config.Validate → Config.Plan → kafka.New → outputs
//
// Program is the whole of it. What a stack adds to the component is memory: who made what,
// and what a cluster is for life. Another Go program runs the very same stack with package
// automation; the program of another stack uses its Kafka with FromReference, and whoever
// has its outputs as plain values reads them with Decode. Configuration keys live in the
// namespace kafka-kraft, whatever the project is called.
package stacks
