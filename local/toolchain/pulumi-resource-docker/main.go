// Command pulumi-resource-docker is the Pulumi plugin behind docker:index/image:Image, for machines that cannot download
// the official one. It builds an image from a Dockerfile with the docker command line and pushes it to a registry.
//
// Tokens, inputs and outputs are those of the official plugin 4.11.0, so that a program written with
// github.com/pulumi/pulumi-docker/sdk/v4 does not know the difference. Of that plugin's resources only Image is offered,
// and of its ways to a registry only the logins of the docker command line.
package main

import (
	"context"
	"fmt"
	"os"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// version is that of the official plugin whose Image this one stands in for; the Go SDK asks for exactly this one.
const version = "4.11.0"

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-resource-docker:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	provider, err := newProvider()
	if err != nil {
		return err
	}
	return p.RunProvider(ctx, "docker", version, provider)
}

func newProvider() (p.Provider, error) {
	provider, err := infer.NewProviderBuilder().
		WithDisplayName("Docker").
		WithDescription("Builds container images and pushes them to a registry.").
		WithConfig(infer.Config(Config{})).
		WithResources(infer.Resource(Image{})).
		Build()
	if err != nil {
		return p.Provider{}, fmt.Errorf("assembling the docker plugin: %w", err)
	}
	return provider, nil
}
