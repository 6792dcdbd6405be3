// Package config is what a stack can say, and the judgement of it. All of it is pure
// but the look into the kubeconfig, and none of it knows Pulumi or talks to
// Kubernetes, so that a program can judge a configuration without running it.
//
// Values are read once: Decode makes a Config of texts, Judge says all that is wrong with
// it, and Plan is the topology that it asks for.
//
// A new scalar key costs three edits at most, and a run of `make docs`, which writes
// README's table and the schema in Pulumi.yaml:
//
//  1. its field in Config, with a comment that people read, and with the tag allowed if it
//     is a number or a duration with limits,
//  2. its default in Default, if that is not zero,
//  3. the line that hands it on: in Config.Plan, or in the program (stacks/cluster.go).
//
// Only what a tag cannot say takes more: a rule about a text or about several keys is
// judged in validate.go, a key without effect beside others is listed in useless.go, and
// one that must not change on a live cluster in frozen.go.
package config
