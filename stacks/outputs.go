package stacks

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Names of the stack's outputs. They are a promise: names are added, never changed.
const (
	OutputBootstrapServers         = "bootstrapServers"
	OutputExternalBootstrapServers = "externalBootstrapServers"
	OutputClusterID                = "clusterId"
	OutputNamespace                = "namespace"
	OutputImage                    = "image"
	OutputKafkaVersion             = "kafkaVersion"
	OutputTopology                 = "topology"
)

// Outputs is what came of a stack.
type Outputs struct {
	// BootstrapServers is where clients inside Kubernetes start, as host:port.
	BootstrapServers string
	// ExternalBootstrapServers is where clients outside start; empty when the
	// cluster is not open to them.
	ExternalBootstrapServers string
	// ClusterID is Kafka's cluster id, 22 characters.
	ClusterID string
	// Namespace is the Kubernetes namespace.
	Namespace string
	// Image is the reference that pods run.
	Image string
	// KafkaVersion is what the image holds.
	KafkaVersion string
	// Topology is combined or separated.
	Topology topology.Mode
}

func export(ctx *pulumi.Context, config Config, plan topology.Plan, namespace, clusterID, image pulumi.StringInput) {
	ctx.Export(OutputBootstrapServers, pulumi.String(plan.BootstrapServers()))
	if plan.External.Enabled() {
		ctx.Export(OutputExternalBootstrapServers, pulumi.String(plan.ExternalBootstrapServers()))
	}
	ctx.Export(OutputClusterID, clusterID)
	ctx.Export(OutputNamespace, namespace)
	ctx.Export(OutputImage, image)
	ctx.Export(OutputKafkaVersion, pulumi.String(config.KafkaVersion))
	ctx.Export(OutputTopology, pulumi.String(config.Topology))
}

// Decode reads a stack's outputs from plain values: `pulumi stack output --json`,
// a stack reference, or auto.OutputMap with each output's Value. Outputs that it
// does not know are ignored, since later versions may add some; one that is
// missing or of the wrong type is an error, and all of them are named.
func Decode(values map[string]any) (Outputs, error) {
	var outputs Outputs
	var wrong []string
	read := func(name string, required bool) string {
		value, found := values[name]
		if !found && !required {
			return ""
		}
		text, ok := value.(string)
		if !ok || required && text == "" {
			wrong = append(wrong, fmt.Sprintf("%s is %v, not a text", name, value))
		}
		return text
	}
	outputs.BootstrapServers = read(OutputBootstrapServers, true)
	outputs.ExternalBootstrapServers = read(OutputExternalBootstrapServers, false)
	outputs.ClusterID = read(OutputClusterID, true)
	outputs.Namespace = read(OutputNamespace, true)
	outputs.Image = read(OutputImage, true)
	outputs.KafkaVersion = read(OutputKafkaVersion, true)
	outputs.Topology = topology.Mode(read(OutputTopology, true))
	if len(wrong) > 0 {
		return outputs, fmt.Errorf("these are not the outputs of a running stack: %s", strings.Join(wrong, "; "))
	}
	return outputs, nil
}
