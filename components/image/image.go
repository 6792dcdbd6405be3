// Package image builds the Kafka image and hands on one reference that never
// changes its meaning.
package image

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pulumi/pulumi-docker/sdk/v4/go/docker"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "kafka-kraft:image:Image"

// repository is the image's name in a registry or in the docker engine.
const repository = "kafka-kraft/kafka"

// tagLength is how many hexadecimal digits of the digest a tag carries.
const tagLength = 16

// Args says what to build, or what to use as it is. The zero value builds from the
// context that this program carries within itself, and leaves the image in the docker
// engine.
type Args struct {
	// Reference is a ready image. Nothing is built then, and the other fields
	// do not matter. Nil: build.
	Reference pulumi.StringInput `pulumi:"reference,optional"`
	// Context is the folder of the Dockerfile. Pulumi's docker plugin compares
	// this text, so it should be relative, or at least the same every time. Empty: the
	// context inside the program.
	Context string `pulumi:"context,optional"`
	// Digest of what is in Context, as Source returns it. Empty: it is computed.
	Digest string `pulumi:"digest,optional"`
	// Base is the image to build on, by digest. Empty: the Dockerfile's default,
	// debian:trixie-slim.
	Base string `pulumi:"base,optional"`
	// KafkaVersion is the release to build, one of the context's (image.KafkaVersions).
	// Empty: the default. It goes into the tag, too.
	KafkaVersion string `pulumi:"kafkaVersion,optional"`
	// Registry to push to, such as localhost:5050. Empty: the image stays in the
	// docker engine.
	Registry string `pulumi:"registry,optional"`

	// Deliver brings an image that was built and not pushed to where pods find it, before
	// any pod is made of it. Nil: pods find what the docker engine has.
	Deliver func(ctx context.Context, image string) error `pulumi:"-"`
}

// Complete are the arguments with what they do not say. A Context that cannot be read is
// an error.
func (a Args) Complete() (Args, error) {
	if a.Reference != nil {
		return a, nil
	}
	a.KafkaVersion = cmp.Or(a.KafkaVersion, KafkaVersion)
	if a.Digest != "" && a.Context != "" {
		return a, nil
	}
	var err error
	a.Context, a.Digest, err = Source(a.Context)
	return a, err
}

// Image is what pods run.
type Image struct {
	pulumi.ResourceState

	// Ref is by digest when the image was pushed, and otherwise a tag made from
	// the context's digest; both mean the same content for ever.
	Ref pulumi.StringOutput `pulumi:"ref"`
}

// New builds the image, pushes it if there is a registry, or takes a ready one.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Image, error) {
	if args == nil {
		return nil, fmt.Errorf("image %q: arguments are missing", name)
	}
	complete, err := args.Complete()
	if err != nil {
		return nil, fmt.Errorf("image %q: %w", name, err)
	}
	i := &Image{}
	if err := ctx.RegisterComponentResource(Type, name, i, opts...); err != nil {
		return nil, fmt.Errorf("image %q: %w", name, err)
	}
	if complete.Reference != nil {
		i.Ref = complete.Reference.ToStringOutput()
	} else if err := i.build(ctx, name, &complete); err != nil {
		return nil, err
	}
	if err := ctx.RegisterResourceOutputs(i, pulumi.Map{"ref": i.Ref}); err != nil {
		return nil, fmt.Errorf("image %q: %w", name, err)
	}
	return i, nil
}

func (i *Image) build(ctx *pulumi.Context, name string, args *Args) error {
	built, err := docker.NewImage(ctx, name, &docker.ImageArgs{
		ImageName: pulumi.String(args.name()),
		SkipPush:  pulumi.Bool(args.Registry == ""),
		Build: docker.DockerBuildArgs{
			Context: pulumi.String(args.Context), Dockerfile: pulumi.String(args.Context + "/Dockerfile"), Args: args.buildArgs(),
		},
	}, pulumi.Parent(i))
	if err != nil {
		return fmt.Errorf("image %q: %w", name, err)
	}
	if args.Registry == "" {
		// Of an image that was never pushed the engine only knows an id, which
		// no pod can be started from.
		i.Ref = args.deliver(ctx, built.ImageName)
	} else {
		i.Ref = built.RepoDigest
	}
	return nil
}

// deliver is the image, known once it was brought. A preview has none yet.
func (a *Args) deliver(ctx *pulumi.Context, image pulumi.StringOutput) pulumi.StringOutput {
	if a.Deliver == nil || ctx.DryRun() {
		return image
	}
	return image.ApplyTWithContext(ctx.Context(), func(ctx context.Context, ref string) (string, error) {
		return ref, a.Deliver(ctx, ref)
	}).(pulumi.StringOutput)
}

func (a *Args) name() string {
	tag := a.kafkaVersion() + "-" + a.content()[:min(tagLength, len(a.content()))]
	if a.Registry == "" {
		return repository + ":" + tag
	}
	return a.Registry + "/" + repository + ":" + tag
}

func (a *Args) kafkaVersion() string { return cmp.Or(a.KafkaVersion, KafkaVersion) }

// buildArgs always say the version, as the tag does; the base only where it is not the
// Dockerfile's own.
func (a *Args) buildArgs() pulumi.StringMap {
	args := pulumi.StringMap{"KAFKA_VERSION": pulumi.String(a.kafkaVersion())}
	if a.Base != "" {
		args["BASE"] = pulumi.String(a.Base)
	}
	return args
}

// content is the digest of all that decides what is built: the tag must change
// with the base as it does with the context.
func (a *Args) content() string {
	if a.Base == "" {
		return a.Digest
	}
	sum := sha256.Sum256([]byte(a.Digest + " " + a.Base))
	return hex.EncodeToString(sum[:])
}
