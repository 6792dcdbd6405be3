package automation

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"

	"github.com/kafka-kraft/kafka-kraft/plugin"
)

// ourPlugin says of a temporary project that provider kafka-kraft is there. It is served
// by this process and never looked for, but before each run Pulumi would try to download
// what a state needs and neither the project nor a folder of plugins has.
var ourPlugin = &workspace.Plugins{Providers: []workspace.PluginOptions{{Name: plugin.Name, Path: "."}}}
