package stacks

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
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
	OutputAdminSecret              = "adminSecret"
	OutputCACertificate            = "caCertificate"

	// OutputFrozen is what the stack remembers of itself, see config.Record. It is
	// for this program alone.
	OutputFrozen = "frozen"

	// OutputKubernetes is the identity of the Kubernetes cluster, for this program alone:
	// the uid of its namespace kube-system.
	OutputKubernetes = "kubernetes"
)

// Outputs is what came of a stack. In JSON its fields are called as the outputs are.
type Outputs struct {
	// BootstrapServers is where clients inside Kubernetes start, as host:port.
	BootstrapServers string `json:"bootstrapServers"`
	// ExternalBootstrapServers is where clients outside start; empty when the
	// cluster is not open to them.
	ExternalBootstrapServers string `json:"externalBootstrapServers,omitempty"`
	// ClusterID is Kafka's cluster id, 22 characters.
	ClusterID string `json:"clusterId"`
	// Namespace is the Kubernetes namespace.
	Namespace string `json:"namespace"`
	// Image is the reference that pods run.
	Image string `json:"image"`
	// KafkaVersion is what the image holds.
	KafkaVersion string `json:"kafkaVersion"`
	// Topology is combined or separated.
	Topology topology.Mode `json:"topology"`
	// AdminSecret is the Secret with the certificate by which brokers know whoever runs the
	// program (kafkaclient.Cluster.Admin); empty when they speak plaintext.
	AdminSecret string `json:"adminSecret,omitempty"`
	// CACertificate is that of the stack's CA in PEM, which clients trust; empty without one.
	CACertificate string `json:"caCertificate,omitempty"`
}

func (s stack) export(ctx *pulumi.Context, e estate, cluster *kafka.Cluster) {
	ctx.Export(OutputBootstrapServers, pulumi.String(s.plan.BootstrapServers()))
	if outside := s.plan.ExternalBootstrapServers(); outside != "" {
		ctx.Export(OutputExternalBootstrapServers, pulumi.String(outside))
	}
	ctx.Export(OutputClusterID, cluster.ClusterID)
	ctx.Export(OutputNamespace, cluster.Namespace)
	ctx.Export(OutputImage, cluster.Image)
	ctx.Export(OutputKafkaVersion, pulumi.String(s.KafkaVersion))
	ctx.Export(OutputTopology, pulumi.String(s.Topology))
	if admin := s.plan.AdminSecret(); admin != "" {
		ctx.Export(OutputAdminSecret, pulumi.String(admin))
	}
	if s.plan.TLS() && s.Security.Certificates.Source == config.PulumiCertificates {
		ctx.Export(OutputCACertificate, cluster.CACertificate)
	}
	// A cluster that never ran has nothing to lose: its first mistakes, such as
	// not adopting the id of the volume it was given, can be put right.
	ctx.Export(OutputFrozen, s.frozen(e, cluster))
	if identity := cmp.Or(e.found.Identity, e.memory.kubernetes); identity != "" {
		ctx.Export(OutputKubernetes, pulumi.String(identity))
	}
}

// frozen is the record with as many brokers and controllers as there really are, or were when the
// cluster ran last: an up of some targets only (--target) leaves the others as they are, whatever
// the configuration says.
func (s stack) frozen(e estate, cluster *kafka.Cluster) pulumi.StringOutput {
	record := s.facts(e)
	known := []any{cluster.WhenReady(record)}
	for _, pool := range cluster.Pools {
		known = append(known, pool.StatefulSet.Spec.Replicas())
	}
	return pulumi.All(known...).ApplyT(func(all []any) string {
		brokers := max(config.BrokersOf(e.memory.record), s.Brokers)
		_, controllers := s.QuorumOf(e.memory.record)
		controllers = max(controllers, s.Voters())
		for i, pool := range s.plan.Pools {
			replicas, _ := all[1+i].(*int)
			switch {
			case replicas == nil || *replicas == 0: // stopped: nothing to count
			case pool.Has(topology.Broker): // of combined nodes, too
				brokers = *replicas
			default:
				controllers = *replicas
			}
		}
		return config.WithControllers(config.WithBrokers(record, brokers), s.founders(e), controllers)
	}).(pulumi.StringOutput)
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
	outputs.AdminSecret = read(OutputAdminSecret, false)
	outputs.CACertificate = read(OutputCACertificate, false)
	if len(wrong) > 0 {
		return outputs, fmt.Errorf("these are not the outputs of a running stack: %s", strings.Join(wrong, "; "))
	}
	return outputs, nil
}
