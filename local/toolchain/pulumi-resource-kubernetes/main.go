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

// version is the release that the pseudo-version in go.mod stands for.
const version = "4.25.0"

func main() { provider.Serve("kubernetes", version, schema, terraformMapping) }
