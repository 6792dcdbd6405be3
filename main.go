// Command kafka-kraft is the Pulumi program: it turns a stack's configuration
// into a running Apache Kafka on Kubernetes. All of it lives in package stacks,
// so that other Go programs can run the very same stack: the command for people,
// cmd/kafka-kraft, is one of them.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks"
)

func main() {
	pulumi.Run(stacks.Program)
}
