// Package plugin is provider kafka-kraft, whose resources are in packages ops, topics and users. The
// Pulumi CLI gets to it in one of two ways:
//
// `pulumi up` in a checkout finds it by plugins.providers of Pulumi.yaml, which names this
// folder. The script pulumi-resource-kafka-kraft in it starts the program's own binary,
// which Pulumi's Go language host has built a moment before, as the provider (Main). One
// binary is both, so that they are always of one version. Another program that makes gates
// (kafka.Args.Gate) does the same: a call of Main in its main function, and a folder with
// such a script.
//
// A program that runs stacks inline has no such binary. It serves the provider itself
// (Serve), and the CLI is told where by a variable of its environment.
package plugin
