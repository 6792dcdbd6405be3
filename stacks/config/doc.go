// Package config is what a stack can say, and the judgement of it. All of it is pure
// but the look into the kubeconfig, and none of it knows Pulumi or talks to
// Kubernetes, so that a program can judge a configuration without running it.
package config
