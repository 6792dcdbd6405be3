package main

import (
	"context"
	"fmt"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Create builds and pushes.
func (Image) Create(
	ctx context.Context, req infer.CreateRequest[ImageArgs],
) (infer.CreateResponse[ImageState], error) {
	state, err := build(ctx, req.Inputs, ImageState{}, req.DryRun)
	return infer.CreateResponse[ImageState]{ID: req.Inputs.ImageName, Output: state}, err
}

// Update builds and pushes again. The image that was there stays.
func (Image) Update(
	ctx context.Context, req infer.UpdateRequest[ImageArgs, ImageState],
) (infer.UpdateResponse[ImageState], error) {
	state, err := build(ctx, req.Inputs, req.State, req.DryRun)
	return infer.UpdateResponse[ImageState]{Output: state}, err
}

// build makes the image that args ask for. In a preview it only does so when the program wants that, and never pushes.
func build(ctx context.Context, args ImageArgs, old ImageState, preview bool) (state ImageState, err error) {
	state = ImageState{
		ImageSpec:      args.ImageSpec,
		BaseImageName:  args.ImageName,
		Context:        args.Build.contextPath(),
		Dockerfile:     args.Build.dockerfileInContext(),
		Platform:       value(args.Build).Platform,
		RegistryServer: registryServer(args),
		RepoDigest:     old.RepoDigest,
	}
	// Without a digest of the context some input of the build is not known yet.
	unknown := args.ImageName == "" || value(value(args.Build).ContextDigest) == ""
	if preview && (unknown || !value(args.BuildOnPreview)) {
		return state, nil
	}
	docker, err := connect(ctx, infer.GetConfig[Config](ctx))
	if err != nil {
		return state, err
	}
	image, err := docker.build(ctx, args.ImageSpec)
	if err != nil || preview {
		return state, err
	}
	if value(state.Platform) == "" {
		state.Platform = &image.Platform
	}
	state.RepoDigest = image.ID
	if !value(args.SkipPush) {
		state.RepoDigest, err = docker.push(ctx, args.ImageName)
	}
	return state, err
}

// build runs docker build. Each line of its output is the resource's status as it comes; the last ones are in the error.
func (e *engine) build(ctx context.Context, spec ImageSpec) (*localImage, error) {
	log := p.GetLogger(ctx)
	for _, name := range value(value(spec.Build).CacheFrom).Images {
		log.InfoStatusf("pulling %s for its layers", name)
		// The first builder only takes cache images that are there; BuildKit looks for itself, at no further cost.
		if _, err := e.output(ctx, "pull", "--quiet", name); err != nil {
			log.Warningf("no cached layers from %s: %v", name, err)
		}
	}
	with := *e
	with.env = slices.Concat(e.env, builderEnvironment(spec.Build))
	var last tail
	err := with.stream(ctx, func(line string) {
		last.add(line)
		log.InfoStatus(line)
	}, buildCommand(spec)...)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("docker build of %s was stopped: %w", spec.ImageName, ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("docker build of %s failed (%w); it ended with:\n%s", spec.ImageName, err, &last)
	}
	image, err := e.inspect(ctx, spec.ImageName)
	if err == nil && image == nil {
		err = fmt.Errorf("docker build left no image %s in the engine: the builder in use keeps its results elsewhere; "+
			"choose one that loads them (docker buildx use default)", spec.ImageName)
	}
	return image, err
}
