package stacks

import (
	"fmt"

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

	inKubernetes, err := config.provider(ctx, "kubernetes", nil)
	if err != nil {
		return err
	}
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
