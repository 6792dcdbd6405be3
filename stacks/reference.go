package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FromReference reads the outputs of another stack, so that a program can use its
// Kafka. stack is the name as Pulumi knows it: organization/project/stack, with a
// file backend organization/kafka-kraft/dev. The values are plain, and known in a
// preview, too. A stack that is not up is an error.
func FromReference(ctx *pulumi.Context, stack string, opts ...pulumi.ResourceOption) (Outputs, error) {
	reference, err := pulumi.NewStackReference(ctx, stack, nil, opts...)
	if err != nil {
		return Outputs{}, fmt.Errorf("stack %s: %w", stack, err)
	}
	values := map[string]any{}
	for _, name := range []string{
		OutputBootstrapServers, OutputExternalBootstrapServers, OutputClusterID, OutputNamespace,
		OutputImage, OutputKafkaVersion, OutputTopology, OutputAdminSecret, OutputCACertificate,
	} {
		details, err := reference.GetOutputDetails(name)
		if err != nil {
			return Outputs{}, fmt.Errorf("stack %s: output %s: %w", stack, name, err)
		}
		if details.Value != nil {
			values[name] = details.Value
		}
	}
	outputs, err := Decode(values)
	if err != nil {
		return outputs, fmt.Errorf("stack %s: %w", stack, err)
	}
	return outputs, nil
}
