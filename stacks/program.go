package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Program is the Pulumi program. Everything that can be wrong with a
// configuration is found before the first resource is registered.
func Program(ctx *pulumi.Context) error {
	config, err := check(ctx)
	if err != nil {
		return err
	}
	plan := config.Plan()
	built, err := config.imageArgs()
	if err != nil {
		return err
	}

	if err := config.checkLive(ctx); err != nil {
		return err
	}

	// Always by name: whatever happens to be the current context is not meant. The
	// empty kubeconfig keeps the SDK from writing KUBECONFIG, a path of this
	// machine, into the state; the provider reads the variable itself.
	provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{
		Context:    pulumi.String(config.Context),
		Kubeconfig: pulumi.String(""),
	})
	if err != nil {
		return fmt.Errorf("kubernetes provider: %w", err)
	}
	inKubernetes := pulumi.Provider(provider)

	namespace, err := config.namespace(ctx, inKubernetes)
	if err != nil {
		return err
	}
	ids, err := clusterid.New(ctx, "cluster-id", &clusterid.Args{
		Adopt:       config.ClusterID,
		Controllers: voterPods(plan),
		Protect:     config.Protect,
	})
	if err != nil {
		return err
	}
	ref, err := image.New(ctx, "image", built)
	if err != nil {
		return err
	}
	claim, err := config.sharedClaim(ctx, plan, namespace, inKubernetes)
	if err != nil {
		return err
	}
	cluster, err := kafka.NewCluster(ctx, plan.Name, config.clusterArgs(plan, namespace, ids, ref.Ref, claim), inKubernetes)
	if err != nil {
		return err
	}
	export(ctx, config, plan, namespace, ids.ID, ref.Ref)
	// A cluster that never ran has nothing to lose: its first mistakes, such as
	// not adopting the id of the volume it was given, can be put right.
	ctx.Export(OutputFrozen, cluster.WhenReady(config.record()))
	return nil
}

// namespace makes the Kubernetes namespace, or names an existing one. Its label
// holds all pods to a Pod Security Standard: restricted, or baseline where one
// step must hand a hostPath directory over as root.
func (c Config) namespace(ctx *pulumi.Context, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	if !c.CreateNamespace {
		return pulumi.String(c.KubeNamespace).ToStringOutput(), nil
	}
	standard := "restricted"
	if c.Storage.Mode == Shared {
		standard = "baseline"
	}
	namespace, err := corev1.NewNamespace(ctx, "namespace", &corev1.NamespaceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:   pulumi.String(c.KubeNamespace),
			Labels: pulumi.StringMap{"pod-security.kubernetes.io/enforce": pulumi.String(standard)},
		},
	}, opts...)
	if err != nil {
		return pulumi.StringOutput{}, fmt.Errorf("namespace %s: %w", c.KubeNamespace, err)
	}
	return namespace.Metadata.Name().Elem(), nil
}

// sharedClaim makes the shared volume; nil when every pod has a claim of its own.
func (c Config) sharedClaim(ctx *pulumi.Context, plan topology.Plan, namespace pulumi.StringInput, opts ...pulumi.ResourceOption) (pulumi.StringPtrInput, error) {
	if c.Storage.Mode != Shared {
		return nil, nil
	}
	shared, err := storage.NewShared(ctx, plan.Name, &storage.SharedArgs{
		Namespace:     namespace,
		NamespaceName: c.KubeNamespace,
		VolumeName:    plan.SharedVolume,
		ClaimName:     plan.SharedClaim,
		HostPath:      c.Storage.HostPath,
		Size:          string(c.Storage.Size),
		Labels:        kafka.Labels(plan.Name),
		Protect:       c.Protect,
	}, opts...)
	if err != nil {
		return nil, err
	}
	return shared.ClaimName.ToStringPtrOutput(), nil
}

// imageArgs finds the build context and its digest, so that a missing folder is
// an error before anything is registered.
func (c Config) imageArgs() (*image.Args, error) {
	args := &image.Args{Reference: c.Image, KafkaVersion: c.KafkaVersion, Registry: c.ImageRegistry}
	if c.Image != "" {
		return args, nil
	}
	var err error
	if args.Context, args.Digest, err = image.Source(c.ImageContext); err != nil {
		return nil, fmt.Errorf("%s:imageContext must be the image's folder, seen from Pulumi.yaml, or empty: %w", Namespace, err)
	}
	return args, nil
}

func voterPods(plan topology.Plan) []string {
	pods := make([]string, len(plan.Voters))
	for i, voter := range plan.Voters {
		pods[i] = voter.Pod
	}
	return pods
}
