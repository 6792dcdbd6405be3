package stacks

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// record keeps what the cluster is for life beside its records, and as long as they
// exist: a destroy that keeps records keeps it. It is written before anything that Kafka
// could write to, and so all of that waits for the namespace's name that it returns.
func (s stack) record(ctx *pulumi.Context, e estate, namespace, clusterID pulumi.StringInput, lasting pulumi.ResourceOption) (pulumi.StringOutput, error) {
	made, err := corev1.NewConfigMap(ctx, "record", &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(survey.RecordName(s.plan.Name)),
			Namespace: namespace,
			Labels:    pulumi.ToStringMap(s.labels(survey.RecordLabel)),
		},
		Data: pulumi.StringMap{
			survey.RecordFacts:     pulumi.String(s.facts(e)),
			survey.RecordClusterID: clusterID,
			survey.RecordNode:      pulumi.String(s.volumeNode(e.found)),
		},
	}, s.lasting(lasting)...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("record of %s: %w", s.plan.Name, err)
	}
	// Not the record's own namespace, which a preview does not know before there is one.
	after := pulumi.OutputWithDependencies(ctx.Context(), namespace.ToStringOutput(), made)
	return after.(pulumi.StringOutput), nil
}

// life makes the signs of life. The first up says that the cluster lives when all of it
// does; later it is said before the pods, which may wait for a word.
func (s stack) life(ctx *pulumi.Context, e estate, cluster *kafka.Cluster, lasting pulumi.ResourceOption) error {
	options := s.lasting(lasting)
	if !e.memory.lived() && !e.found.Started() && (e.found.Record == nil || e.found.Runs()) {
		for _, pool := range cluster.Pools {
			options = append(options, pulumi.DependsOn([]pulumi.Resource{pool.Ready}))
		}
	}
	_, err := kafka.NewLife(ctx, "life", &kafka.LifeArgs{Plan: s.plan, Namespace: cluster.Namespace, AcceptLoss: s.AcceptLoss}, options...)
	return err
}

func (s stack) labels(mark string) map[string]string {
	labels := s.plan.Labels()
	labels[mark] = "true"
	return labels
}

// lasting is for what stays as long as the records do.
func (s stack) lasting(provider pulumi.ResourceOption) []pulumi.ResourceOption {
	kept := s.RetainData || s.Storage.Mode == config.Shared
	return []pulumi.ResourceOption{provider, pulumi.RetainOnDelete(kept)}
}
