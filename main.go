// Command kafka-kraft is the Pulumi program: it turns a stack's configuration
// into a running Apache Kafka on Kubernetes. All of it lives in package stacks,
// so that other Go programs can run the very same stack: the command for people,
// cmd/kafka-kraft, is one of them. With the argument plugin it is the program's provider
// instead; see package plugin.
package main

import (
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/plugin"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == plugin.Argument {
		plugin.Main()
		return
	}
	pulumi.Run(stacks.Program)
}
