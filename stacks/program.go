package stacks

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Namespace is the configuration namespace: keys are written kafka-kraft:<key>.
const Namespace = config.Namespace

// stack is a configuration and the plan that follows from it.
type stack struct {
	config.Config
	Surroundings
	plan topology.Plan
}

// Surroundings are what the program takes from the process that it runs in. One that
// runs several stacks at once has to say it for each; the zero value is right for a
// program that Pulumi started.
type Surroundings struct {
	// Kubeconfig is the file in which the configured context is looked up. Empty:
	// KUBECONFIG, or ~/.kube/config. The engine's Kubernetes plugin must be given
	// the same one as KUBECONFIG.
	Kubeconfig string
	// Folder is that of Pulumi.yaml, from which imageContext is seen. Empty: the
	// working folder.
	Folder string
	// Deliver brings an image from the docker engine to the cluster's nodes. It is asked
	// when an image is built and there is no registry to push it to. Nil: the nodes have
	// what the docker engine has.
	Deliver func(ctx context.Context, image string) error
}

// Program is the Pulumi program. Everything that can be wrong with a
// configuration is found before the first resource is registered.
func Program(ctx *pulumi.Context) error { return Surroundings{}.Program(ctx) }

// Program is the Pulumi program, as the function Program is, with what u says instead of
// what this process has.
func (u Surroundings) Program(ctx *pulumi.Context) error {
	loaded, err := u.load(ctx)
	if err != nil {
		return err
	}
	s := stack{Config: loaded, Surroundings: u, plan: loaded.Plan()}
	built, err := s.imageArgs()
	if err != nil {
		return err
	}
	found, err := s.estate(ctx)
	if err != nil {
		return err
	}
	if found.level, err = s.level(ctx, found); err != nil {
		return err
	}
	if err := s.check(found); err != nil {
		return err
	}
	var notes []string
	s.plan, notes = s.sized(found)
	for _, note := range notes {
		if err := ctx.Log.Warn(note, nil); err != nil {
			return err
		}
	}
	if err := markOwner(ctx); err != nil {
		return err
	}
	inKubernetes, err := s.provider(ctx, "kubernetes", nil)
	if err != nil {
		return err
	}
	// For what outlives a destroy. Its ConfigMaps are changed in place, not replaced, since
	// running pods look at them.
	lasting, err := s.provider(ctx, "kubernetes-namespace", pulumi.Bool(true))
	if err != nil {
		return err
	}
	// The ids are the stack's own business; nothing in the cluster is touched before they
	// have told whose it is. Nothing that Kafka could write to is made before the record.
	prepare := func(clusterID pulumi.StringOutput) (pulumi.StringInput, error) {
		if err := s.checkOwner(ctx, found, clusterID); err != nil {
			return nil, err
		}
		namespace, err := s.namespace(ctx, inKubernetes, lasting)
		if err != nil {
			return nil, err
		}
		return s.record(ctx, found, namespace, clusterID, lasting)
	}
	cluster, err := kafka.New(ctx, s.plan.Name, s.args(found, built, prepare), inKubernetes, moved(), found.asTheyAre(ctx.DryRun()))
	if err != nil {
		return err
	}
	if err := s.life(ctx, found, cluster, lasting); err != nil {
		return err
	}
	if err := s.topics(ctx, found, cluster); err != nil {
		return err
	}
	if err := s.users(ctx, found, cluster); err != nil {
		return err
	}
	s.export(ctx, found, cluster)
	return nil
}

// imageArgs finds the build context and its digest, so that a missing folder is
// an error before anything is registered.
func (s stack) imageArgs() (image.Args, error) {
	if s.Image != "" {
		return image.Args{Reference: pulumi.String(s.Image)}, nil
	}
	args := image.Args{KafkaVersion: s.KafkaVersion, Base: s.ImageBase, Registry: s.ImageRegistry, Deliver: s.Deliver}
	folder := s.ImageContext
	if folder != "" && !filepath.IsAbs(folder) {
		folder = filepath.Join(s.Folder, folder)
	}
	var err error
	if args.Context, args.Digest, err = image.Source(folder); err != nil {
		return args, fmt.Errorf("%s:imageContext must be the image's folder, seen from Pulumi.yaml, or empty: %w", Namespace, err)
	}
	if s.ImageContext != "" {
		args.Context = s.ImageContext // Pulumi sees it from Pulumi.yaml, too
	}
	return args, nil
}
