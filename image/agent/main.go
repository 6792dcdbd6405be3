// Command kafka-agent is PID 1 of every Kafka pod: it prepares the node's directory, starts the JVM, answers the
// probes from what Kafka itself says, and holds back a stop that would hurt. It is one static binary of the Go
// standard library; nothing else runs in the container but the JVM.
//
//	kafka-agent run                                start the node (the container's command)
//	kafka-agent prepare --dir DIR --uid UID        make and own DIR (an init step as root, for a shared hostPath)
//	kafka-agent version                            Kafka's and Java's version in this image
package main

import (
	"fmt"
	"os"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

const usage = `usage: kafka-agent run
       kafka-agent prepare --dir DIR --uid UID
       kafka-agent version`

func main() {
	os.Exit(command(os.Args[1:]))
}

// command runs one of the verbs and returns the process's exit code: 0 done, 2 wrong usage, otherwise what the verb says.
func command(args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, usage)
		return 2
	}
	switch args[0] {
	case contract.VerbRun:
		return run(imagePaths(), os.Environ())
	case contract.VerbPrepare:
		return prepare(args[1:])
	case contract.VerbVersion:
		return version(imagePaths())
	default:
		fmt.Fprintf(os.Stderr, "kafka-agent: unknown command %q\n%s\n", args[0], usage)
		return 2
	}
}
