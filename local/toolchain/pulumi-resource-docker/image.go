package main

import "github.com/pulumi/pulumi-go-provider/infer"

// Image is the resource docker:index/image:Image.
//
// Its id is the image name it was made with. It is never replaced: a change builds (and pushes) again. Destroying it
// leaves the image in the engine and in the registry, as the official plugin does, since other stacks may run it.
type Image struct{}

// What infer asks an Image for; it would silently pass over a method of another shape.
var (
	_ infer.CustomCheck[ImageArgs]                      = Image{}
	_ infer.CustomDiff[ImageArgs, ImageState]           = Image{}
	_ infer.CustomResource[ImageArgs, ImageState]       = Image{}
	_ infer.CustomUpdate[ImageArgs, ImageState]         = Image{}
	_ infer.CustomRead[ImageArgs, ImageState]           = Image{}
	_ infer.ExplicitDependencies[ImageArgs, ImageState] = Image{}
	_ infer.CustomStateMigrations[ImageState]           = Image{}
	_ infer.CustomCheck[Config]                         = Config{}
	_ infer.CustomDiff[Config, Config]                  = Config{}
)

// ImageSpec is what decides an image's content and its place. It is part of the inputs and kept in the state, so that a
// later run can tell whether to build again.
type ImageSpec struct {
	// ImageName is the image to build, repository[:tag]; its registry is where it is pushed to.
	ImageName string `pulumi:"imageName"`
	// Build says what to build. Without it: the Dockerfile in the program's folder, with that folder as context.
	Build *Build `pulumi:"build,optional"`
	// SkipPush leaves the image in the engine. Default false.
	SkipPush *bool `pulumi:"skipPush,optional"`
}

// ImageArgs are the inputs of an Image.
type ImageArgs struct {
	ImageSpec
	// BuildOnPreview is always sent by the SDK; only false is taken.
	BuildOnPreview *bool `pulumi:"buildOnPreview,optional"`
}

// ImageState is what is kept of a built Image: its spec and its outputs.
type ImageState struct {
	ImageSpec
	// BaseImageName is the image name as it was pushed.
	BaseImageName string `pulumi:"baseImageName"`
	// Context is the folder that was built.
	Context string `pulumi:"context"`
	// Dockerfile is the Dockerfile's path, relative to the context.
	Dockerfile string `pulumi:"dockerfile"`
	// Platform is the image's os/architecture.
	Platform *string `pulumi:"platform,optional"`
	// RegistryServer is the registry that the image belongs to.
	RegistryServer string `pulumi:"registryServer"`
	// RepoDigest is repository@sha256:… of a pushed image, and the image id, sha256:…, of one that was not pushed.
	// Either names this very build for ever.
	RepoDigest string `pulumi:"repoDigest"`
}

// Build describes one docker build.
type Build struct {
	// Args are the values of the Dockerfile's ARG lines. They end up in the image's history: no place for secrets.
	Args map[string]string `pulumi:"args,optional"`
	// Context is the folder sent to the engine, relative to the program's. Default ".".
	Context *string `pulumi:"context,optional"`
	// Dockerfile is relative to the program's folder, not to the context. Default: Dockerfile in the context.
	Dockerfile *string `pulumi:"dockerfile,optional"`
	// ContextDigest stands for the content of context and Dockerfile. Set by the plugin; what a program sets is
	// overwritten. Missing as long as some build input is not known yet.
	ContextDigest *string `pulumi:"contextDigest,optional"`
}

// Annotate gives Image the official token.
func (i *Image) Annotate(a infer.Annotator) {
	a.SetToken("index/image", "Image")
	a.Describe(&i, "Builds a Docker image and pushes it to a registry.")
}

// WireDependencies tells a preview what a rebuild changes: all that is not plain from the inputs. No output is a secret,
// although an input is.
func (Image) WireDependencies(f infer.FieldSelector, args *ImageArgs, state *ImageState) {
	for _, output := range []any{
		&state.BaseImageName, &state.Context, &state.Dockerfile, &state.Platform, &state.RegistryServer, &state.RepoDigest,
	} {
		field := f.OutputField(output)
		field.NeverSecret()
		field.DependsOn(f.InputField(&args.ImageName), f.InputField(&args.Build), f.InputField(&args.SkipPush))
	}
	if args.ImageName != "" { // else it is not known yet
		f.OutputField(&state.BaseImageName).AlwaysKnown()
		f.OutputField(&state.RegistryServer).AlwaysKnown()
	}
}

func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
