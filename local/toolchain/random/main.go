// Command pulumi-resource-random is Pulumi's random provider: the upstream
// Terraform provider behind Pulumi's own bridge, which is how the official plugin
// is made too. Resources, ids and state are therefore interchangeable with it.
package main

import (
	"context"

	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/pf/tfbridge"
	bridge "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	"github.com/terraform-providers/terraform-provider-random/shim"
)

// version is the release of the official plugin that this one stands in for.
const version = "4.21.2"

func main() {
	info := bridge.ProviderInfo{
		Name:                        "random",
		Version:                     version,
		P:                           tfbridge.ShimProvider(shim.NewProvider()),
		MetadataInfo:                bridge.NewProviderMetadata([]byte("{}")),
		EnableAccurateBridgePreview: true,
		EnableRawStateDelta:         true,
	}
	// random_id becomes random:index/randomId:RandomId, and so on for the others.
	info.MustComputeTokens(tokens.SingleModule("random_", "index", func(module, name string) (string, error) {
		return tokens.MakeStandard("random")(module, "Random"+name)
	}))
	tfbridge.Main(context.Background(), "random", info, tfbridge.ProviderMetadata{
		PackageSchema:  []byte(`{"name":"random","version":"` + version + `"}`),
		BridgeMetadata: []byte("{}"),
	})
}
