// Command pulumi-resource-kubernetes is Pulumi's Kubernetes provider, built from
// the newest release of it that is published as a Go module.
//
// The provider embeds two files of its own release, schema.json and
// terraform-mapping.json. They are not kept here: the build lays them over this
// folder from the very module that it compiles (see local/internal/toolchain), so
// code and schema can't drift apart.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
)

//go:embed schema.json
var schema []byte

//go:embed terraform-mapping.json
var terraformMapping []byte

// announced is the version that the plugin tells the engine. The build sets it to the
// version of the Go SDK, which is what the engine asks for: the plugin stands in for
// that release, and the resources that this project uses are the same in both.
// The code is that of 4.25.0, for which the pseudo-version in go.mod stands.
var announced = "4.25.0"

func main() { provider.Serve("kubernetes", announced, schema, terraformMapping) }
