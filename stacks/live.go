package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// memory is what the stack's last complete up left for this one; empty if there was none.
type memory struct {
	record     string // see config.Config.Record
	clusterID  string
	kubernetes string // identity of the Kubernetes cluster
	version    string // of Kafka
}

// lived reports whether the stack was ever complete: since then there may be records.
func (m memory) lived() bool { return m.record != "" }

// remember reads the stack's own outputs.
func remember(ctx *pulumi.Context) (memory, error) {
	var m memory
	self, err := pulumi.NewStackReference(ctx, "self", &pulumi.StackReferenceArgs{Name: pulumi.String(owner(ctx))})
	if err != nil {
		return m, fmt.Errorf("reading the stack's own outputs: %w", err)
	}
	for name, target := range map[string]*string{
		OutputFrozen: &m.record, OutputClusterID: &m.clusterID, OutputKubernetes: &m.kubernetes,
		OutputKafkaVersion: &m.version,
	} {
		details, err := self.GetOutputDetails(name)
		if err != nil {
			return m, fmt.Errorf("reading the stack's own output %s: %w", name, err)
		}
		*target, _ = details.Value.(string)
	}
	return m, nil
}
