package plugin

import (
	"context"
	"flag"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
)

// Argument is the first one of a program that shall be the provider instead of what it
// is otherwise.
const Argument = "plugin"

// Main is the main function of a program that Pulumi has started as the provider:
// pulumi-resource-kafka-kraft in this folder starts it so. It returns at the end.
func Main() {
	// Pulumi's part of it reads the command line itself and knows of no first word.
	os.Args = append(os.Args[:1], os.Args[2:]...)
	flag.CommandLine = flag.NewFlagSet(os.Args[0], flag.ExitOnError)
	made, err := provider("")
	if err == nil {
		err = p.RunProvider(context.Background(), Name, version, made)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "provider %s: %v\n", Name, err)
		os.Exit(1)
	}
}
