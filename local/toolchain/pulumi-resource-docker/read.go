package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Read looks whether the image is still there: in its registry under its digest if it was pushed, and otherwise in the
// engine under its name. If it is gone, the next up builds it again. That nothing could be asked is an error: an engine
// that is down has not lost its images.
func (Image) Read(
	ctx context.Context, req infer.ReadRequest[ImageArgs, ImageState],
) (response infer.ReadResponse[ImageArgs, ImageState], err error) {
	gone := infer.ReadResponse[ImageArgs, ImageState]{}
	if req.State.ImageName == "" || req.State.RepoDigest == "" {
		return gone, fmt.Errorf("image %s cannot be imported: an image is made from its context; declare it, and it is built",
			req.ID)
	}
	config := infer.GetConfig[Config](ctx)
	docker, err := connect(ctx, config, config.logins(req.Inputs.Registry, req.State.ImageName))
	if err != nil {
		return gone, err
	}
	defer func() { err = errors.Join(err, docker.close()) }()
	there, err := docker.has(ctx, req.State)
	if err != nil || !there {
		return gone, err
	}
	return infer.ReadResponse[ImageArgs, ImageState]{ID: req.ID, Inputs: req.Inputs, State: req.State}, nil
}

// has tells whether the very image of a state is still where it was put.
func (e *engine) has(ctx context.Context, state ImageState) (bool, error) {
	if digestOf(state.RepoDigest) == "" { // not pushed: an image id
		image, err := e.inspect(ctx, state.ImageName)
		return image != nil && image.ID == state.RepoDigest, err
	}
	// The engine asks, since it is the one that knows the way to the registry (mirrors, certificates, insecure ones).
	// Layers that it has are not fetched again.
	_, err := e.output(ctx, "pull", "--quiet", state.RepoDigest)
	if err == nil {
		return true, nil
	}
	if unknownToRegistry(err.Error()) {
		return false, nil
	}
	return false, fmt.Errorf("asking the registry for %s: %w", state.RepoDigest, err)
}

// unknownToRegistry tells a registry's answer that it has no such image from all other failures of a pull.
// https://distribution.github.io/distribution/spec/api/#errors-2
func unknownToRegistry(complaint string) bool {
	complaint = strings.ToLower(strings.TrimSpace(complaint))
	return strings.Contains(complaint, "manifest unknown") ||
		strings.Contains(complaint, "name unknown") ||
		strings.HasSuffix(complaint, ": not found") // from an engine that keeps its images in containerd
}
