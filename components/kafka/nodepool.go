package kafka

import (
	"fmt"
	"slices"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	policyv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/policy/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// NodePoolType is the component's type token.
const NodePoolType = "kafka-kraft:kafka:NodePool"

// revisionHistory is how many old pod templates Kubernetes keeps for a rollback.
// It must never change: the provider would replace the StatefulSet.
const revisionHistory = 10

// RestartAnnotation is where pods have the text of topology.Pool.Restart, by which they were
// restarted last.
const RestartAnnotation = "kafka-kraft.io/restarted-at"

// NodePoolArgs describes a set of equal nodes. It is all that a pool needs, whoever makes
// the rest of its cluster.
type NodePoolArgs struct {
	// Plan is the cluster that the pool belongs to, and Pool its part of it.
	Plan topology.Plan `pulumi:"plan"`
	Pool topology.Pool `pulumi:"pool"`
	// Namespace, if given, is the plan's, from the resource that makes it: the pool waits
	// for it.
	Namespace pulumi.StringInput `pulumi:"namespace,optional"`
	// ServiceAccount is who the pods are to Kubernetes. Nil: the namespace's default.
	ServiceAccount pulumi.StringPtrInput `pulumi:"serviceAccount,optional"`
	// SharedClaim, if given, is the name of the plan's shared claim, from the resource
	// that makes it: the pool waits for it.
	SharedClaim pulumi.StringPtrInput `pulumi:"sharedClaim,optional"`

	// Image is what the pods run.
	Image pulumi.StringInput `pulumi:"image"`
	// ClusterID is Kafka's, 22 characters.
	ClusterID pulumi.StringInput `pulumi:"clusterId"`
	// InitialControllers is what controllers format an empty first volume with. Brokers
	// need none.
	InitialControllers pulumi.StringInput `pulumi:"initialControllers,optional"`

	// Certificate is the Secret, of Kubernetes' type tls with ca.crt beside, that nodes of a plan
	// with TLS mount. Others need none.
	Certificate pulumi.StringInput `pulumi:"certificate,optional"`

	// Settings are those of all pools of the cluster.
	Settings Settings `pulumi:"settings"`

	// Protect makes Pulumi refuse to delete the pods' claims.
	Protect bool `pulumi:"protect,optional"`

	// Rollout, if given, looks after the pods while the pool changes and, without a Gate,
	// is what an update waits for besides Pulumi's own wait: until all pods of the
	// StatefulSet run the newest template and are ready. See package rollout for why.
	Rollout Rollout `pulumi:"-"`
	// Gate, if given, makes that wait a resource (see Args).
	Gate *Gate `pulumi:"gate,optional"`
}

// NodePool is one StatefulSet with its configuration and its disruption budget.
type NodePool struct {
	pulumi.ResourceState

	// Name is the StatefulSet's; what uses it is made after all its pods have been ready.
	Name pulumi.StringOutput `pulumi:"name"`

	StatefulSet *appsv1.StatefulSet
	// Ready is there when all pods run the newest template and are ready, their volumes are as
	// large as they shall be, controllers vote, and brokers are Kafka's: the last gate or,
	// without one, the StatefulSet.
	Ready pulumi.CustomResource
}

// selector is what a StatefulSet finds its pods by; it must never change.
func (a *NodePoolArgs) selector() map[string]string {
	return kube.With(a.Plan.Labels(), map[string]string{"app.kubernetes.io/component": a.Pool.Component})
}

func (a *NodePoolArgs) podLabels() map[string]string {
	return kube.With(a.selector(), kube.RoleLabels(a.Pool.Roles...))
}

// NewNodePool runs a pool. The name is Pulumi's; in Kubernetes, where voters look for its
// pods, the pool is called what the plan calls it.
func NewNodePool(ctx *pulumi.Context, name string, args *NodePoolArgs, opts ...pulumi.ResourceOption) (*NodePool, error) {
	if err := args.validate(); err != nil {
		return nil, fmt.Errorf("node pool %q: %w", name, err)
	}
	p := &NodePool{}
	if err := ctx.RegisterComponentResource(NodePoolType, name, p, append(slices.Clone(opts), formerly(name, args.Pool.Name))...); err != nil {
		return nil, fmt.Errorf("node pool %q: %w", name, err)
	}
	child := pulumi.Parent(p)

	namespace := kube.Namespace(args.Plan.Namespace, args.Namespace)
	records, metadata := args.logDirs()
	// Kubernetes would let a named ConfigMap be changed under running pods, and
	// Pulumi would delete it before making the new one. An auto-named one is made
	// beside the old, and its new name is what makes the pods roll.
	config, err := corev1.NewConfigMap(ctx, name, &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: namespace, Labels: pulumi.ToStringMap(args.selector())},
		Data: pulumi.StringMap{contract.ConfigFile: pulumi.String(properties.Write(properties.Args{
			Plan: args.Plan, Pool: args.Pool, LogDir: records, MetadataDir: metadata,
			Replication: args.Settings.Replication, MinInSync: args.Settings.MinInSync, Heap: heap(args.Pool.Size),
			Authorization: args.Settings.Authorization, SuperUsers: args.Settings.SuperUsers,
		}))},
	}, child)
	if err != nil {
		return nil, fmt.Errorf("configuration of %s: %w", name, err)
	}

	before, err := args.claims(ctx, name, namespace, child)
	if err != nil {
		return nil, err
	}
	if before, err = replaced(ctx, name, args, before, child); err != nil {
		return nil, fmt.Errorf("replacement in %s: %w", name, err)
	}
	timeouts := timeouts(args.Settings)
	spec := args.statefulSetSpec(config.Metadata.Name().Elem())
	rolled, err := rolledOut(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("rollout of %s: %w", name, err)
	}
	p.StatefulSet, err = appsv1.NewStatefulSet(ctx, name, &appsv1.StatefulSetArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(args.Pool.Name),
			Namespace:   namespace,
			Labels:      pulumi.ToStringMap(args.selector()),
			Annotations: args.setAnnotations(),
		},
		Spec: spec,
	}, child, rolled, pulumi.DependsOn(before), timeouts)
	if err != nil {
		return nil, fmt.Errorf("stateful set %s: %w", name, err)
	}
	if p.Ready, err = newGate(ctx, name, args, p.StatefulSet, spec, child); err != nil {
		return nil, fmt.Errorf("rollout of %s: %w", name, err)
	}
	if p.Ready, err = grown(ctx, name, args, p.Ready, child, timeouts); err != nil {
		return nil, fmt.Errorf("capacity of %s: %w", name, err)
	}
	if p.Ready, err = settled(ctx, name, args, p.StatefulSet, p.Ready, child, timeouts); err != nil {
		return nil, fmt.Errorf("quorum of %s: %w", name, err)
	}
	if p.Ready, err = joined(ctx, name, args, p.StatefulSet, p.Ready, child); err != nil {
		return nil, fmt.Errorf("membership of %s: %w", name, err)
	}

	_, err = policyv1.NewPodDisruptionBudget(ctx, name, &policyv1.PodDisruptionBudgetArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.Pool.Name),
			Namespace: namespace,
			Labels:    pulumi.ToStringMap(args.selector()),
		},
		Spec: policyv1.PodDisruptionBudgetSpecArgs{
			MaxUnavailable: pulumi.Int(1),
			Selector:       labelSelector(args.selector()),
			// A pod that is not ready may be the last live voter, or lead hundreds of
			// partitions after a restart of all; while others are missing, too, it stays. With
			// the others well, one that serves nobody does not keep its node from being drained.
			UnhealthyPodEvictionPolicy: pulumi.String("IfHealthyBudget"),
		},
	}, child)
	if err != nil {
		return nil, fmt.Errorf("disruption budget of %s: %w", name, err)
	}
	p.Name = pulumi.OutputWithDependencies(ctx.Context(), p.StatefulSet.Metadata.Name().Elem(), p.Ready).(pulumi.StringOutput)
	if err := ctx.RegisterResourceOutputs(p, pulumi.Map{"name": p.Name}); err != nil {
		return nil, fmt.Errorf("node pool %q: %w", name, err)
	}
	return p, nil
}

// replicas is how many pods run.
func (a *NodePoolArgs) replicas() int {
	if a.Settings.Stopped {
		return 0
	}
	return a.Pool.Replicas
}

func (a *NodePoolArgs) statefulSetSpec(config pulumi.StringInput) appsv1.StatefulSetSpecArgs {
	spec := appsv1.StatefulSetSpecArgs{
		Replicas:    pulumi.Int(a.replicas()),
		ServiceName: pulumi.String(a.Plan.Headless),
		Selector:    labelSelector(a.selector()),
		// All at once: a controller is ready when the quorum is, so the first
		// would wait for the second for ever.
		PodManagementPolicy:  pulumi.String("Parallel"),
		RevisionHistoryLimit: pulumi.Int(revisionHistory),
		UpdateStrategy:       appsv1.StatefulSetUpdateStrategyArgs{Type: pulumi.String(a.updateStrategy())},
		Template: corev1.PodTemplateSpecArgs{
			Metadata: metav1.ObjectMetaArgs{
				Labels:      pulumi.ToStringMap(a.podLabels()),
				Annotations: pulumi.ToStringMap(a.podAnnotations()),
			},
			Spec: a.podSpec(config),
		},
	}
	if len(a.Pool.Claims) > 0 {
		var claims corev1.PersistentVolumeClaimTypeArray
		for _, claim := range a.Pool.Claims {
			claims = append(claims, storage.Template(claim))
		}
		spec.VolumeClaimTemplates = claims
		// What becomes of claims is for Pulumi, which has them in its state.
		spec.PersistentVolumeClaimRetentionPolicy = appsv1.StatefulSetPersistentVolumeClaimRetentionPolicyArgs{
			WhenDeleted: pulumi.String("Retain"),
			WhenScaled:  pulumi.String("Retain"),
		}
	}
	return spec
}

// updateStrategy is who restarts pods for a change: the gate, which knows the active controller
// and whether replicas are in sync, or Kubernetes where there is none. Package rollout has the
// reasons.
func (a *NodePoolArgs) updateStrategy() string {
	if a.Gate != nil {
		return "OnDelete"
	}
	return "RollingUpdate"
}

// setAnnotations leave waiting for pods to the gate. Pulumi's Kubernetes provider would wait until
// all are ready before the gate may begin, which is who gets a pod that is not back into service. It
// waits for nothing but that which waitFor names, and that there is an object is so at once; with
// skipAwait it would not wait until a deleted StatefulSet's pods are gone, either (ReadyCondition and
// DeletedCondition in the provider's pkg/metadata).
func (a *NodePoolArgs) setAnnotations() pulumi.StringMapInput {
	if a.Gate == nil {
		return nil
	}
	return pulumi.StringMap{"pulumi.com/waitFor": pulumi.String("jsonpath={.metadata.uid}")}
}

func (a *NodePoolArgs) podAnnotations() map[string]string {
	annotations := map[string]string{"kubectl.kubernetes.io/default-container": "kafka"}
	if a.Settings.Metrics {
		annotations["prometheus.io/scrape"] = "true"
		annotations["prometheus.io/port"] = fmt.Sprint(topology.MetricsPort)
		annotations["prometheus.io/path"] = "/metrics"
	}
	if a.Pool.Restart != "" {
		annotations[RestartAnnotation] = a.Pool.Restart
	}
	return annotations
}
