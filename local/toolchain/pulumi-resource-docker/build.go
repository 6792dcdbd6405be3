package main

import (
	"context"
	"fmt"
	"maps"
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

// build makes the image that args ask for. A preview builds nothing.
func build(ctx context.Context, args ImageArgs, old ImageState, preview bool) (ImageState, error) {
	state := ImageState{
		ImageSpec:      args.ImageSpec,
		BaseImageName:  args.ImageName,
		Context:        args.Build.contextPath(),
		Dockerfile:     args.Build.dockerfileInContext(),
		RegistryServer: registryOf(args.ImageName),
		RepoDigest:     old.RepoDigest,
	}
	if preview {
		return state, nil
	}
	docker, err := connect(ctx, infer.GetConfig[Config](ctx))
	if err != nil {
		return state, err
	}
	image, err := docker.build(ctx, args.ImageSpec)
	if err != nil {
		return state, err
	}
	state.Platform, state.RepoDigest = &image.Platform, image.ID
	if !value(args.SkipPush) {
		state.RepoDigest, err = docker.push(ctx, args.ImageName)
	}
	return state, err
}

// build runs docker build. Each line of its output is the resource's status as it comes; the last ones are in the error.
func (e *engine) build(ctx context.Context, spec ImageSpec) (*localImage, error) {
	log := p.GetLogger(ctx)
	var last tail
	err := e.stream(ctx, func(line string) {
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

// buildCommand is the docker command line for a build.
func buildCommand(spec ImageSpec) []string {
	build := value(spec.Build)
	args := []string{"build", "--file", build.dockerfilePath(), "--tag", spec.ImageName}
	for _, name := range slices.Sorted(maps.Keys(build.Args)) {
		args = append(args, "--build-arg", name+"="+build.Args[name])
	}
	return append(args, "--", build.contextPath())
}
