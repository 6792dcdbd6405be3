package kafka

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// hostKey is the label that tells one node from another.
const hostKey = "kubernetes.io/hostname"

// schedule places the pods that the selector finds.
func schedule(spec *corev1.PodSpecArgs, s topology.Scheduling, selector map[string]string) {
	spec.Affinity = affinity(s, selector)
	if s.SpreadKey != "" {
		spec.TopologySpreadConstraints = corev1.TopologySpreadConstraintArray{
			corev1.TopologySpreadConstraintArgs{
				TopologyKey:       pulumi.String(s.SpreadKey),
				MaxSkew:           pulumi.Int(1),
				WhenUnsatisfiable: pulumi.String("ScheduleAnyway"),
				LabelSelector:     labelSelector(selector),
			},
		}
	}
	nodeSelector := s.NodeSelector
	if s.Node != "" {
		nodeSelector = kube.With(nodeSelector, map[string]string{hostKey: s.Node})
	}
	if len(nodeSelector) > 0 {
		spec.NodeSelector = pulumi.ToStringMap(nodeSelector)
	}
	if s.PriorityClass != "" {
		spec.PriorityClassName = pulumi.String(s.PriorityClass)
	}
	if len(s.Tolerations) > 0 {
		var tolerations corev1.TolerationArray
		for _, t := range s.Tolerations {
			tolerations = append(tolerations, corev1.TolerationArgs{
				Key: optional(t.Key), Operator: optional(t.Operator), Value: optional(t.Value), Effect: optional(t.Effect),
			})
		}
		spec.Tolerations = tolerations
	}
}

// affinity says which pods of the pool share a node. A pod that must be with others of
// its own kind is not held up when it is the first: the scheduler lets that one go
// anywhere.
func affinity(s topology.Scheduling, selector map[string]string) corev1.AffinityPtrInput {
	term := corev1.PodAffinityTermArgs{TopologyKey: pulumi.String(hostKey), LabelSelector: labelSelector(selector)}
	switch {
	case s.Together:
		return corev1.AffinityArgs{PodAffinity: corev1.PodAffinityArgs{
			RequiredDuringSchedulingIgnoredDuringExecution: corev1.PodAffinityTermArray{term},
		}}
	case !s.Spread:
		return nil
	case s.Strict:
		return corev1.AffinityArgs{PodAntiAffinity: corev1.PodAntiAffinityArgs{
			RequiredDuringSchedulingIgnoredDuringExecution: corev1.PodAffinityTermArray{term},
		}}
	}
	return corev1.AffinityArgs{PodAntiAffinity: corev1.PodAntiAffinityArgs{
		PreferredDuringSchedulingIgnoredDuringExecution: corev1.WeightedPodAffinityTermArray{
			corev1.WeightedPodAffinityTermArgs{Weight: pulumi.Int(100), PodAffinityTerm: term},
		},
	}}
}

func labelSelector(labels map[string]string) metav1.LabelSelectorArgs {
	return metav1.LabelSelectorArgs{MatchLabels: pulumi.ToStringMap(labels)}
}

func optional(text string) pulumi.StringPtrInput {
	if text == "" {
		return nil
	}
	return pulumi.String(text)
}
