package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Read looks whether the image is still there: in its registry under its digest if it was pushed, and otherwise in the
// engine under its name. If it is gone, the next up builds it again. An engine that does not answer is an error: one
// that is down has not lost its images.
func (Image) Read(
	ctx context.Context, req infer.ReadRequest[ImageArgs, ImageState],
) (infer.ReadResponse[ImageArgs, ImageState], error) {
	gone := infer.ReadResponse[ImageArgs, ImageState]{}
	if req.State.ImageName == "" {
		return gone, fmt.Errorf("image %s cannot be imported or looked up: an image is made from its context; declare it as "+
			"a resource, and it is built", req.ID)
	}
	docker, err := connect(ctx, infer.GetConfig[Config](ctx))
	if err != nil {
		return gone, err
	}
	there, err := docker.has(ctx, req.State)
	if err != nil || !there {
		return gone, err
	}
	return infer.ReadResponse[ImageArgs, ImageState](req), nil
}

// has reports whether the very image of a state is still where it was put.
func (e *engine) has(ctx context.Context, state ImageState) (bool, error) {
	if digestOf(state.RepoDigest) == "" { // not pushed: an image id
		image, err := e.inspect(ctx, state.ImageName)
		return image != nil && image.ID == state.RepoDigest, err
	}
	registry := registryOf(state.ImageName)
	args := []string{"manifest", "inspect", state.RepoDigest}
	if onLoopback(registry) {
		args = slices.Insert(args, 2, "--insecure")
	}
	_, err := e.output(ctx, args...)
	switch {
	case err == nil:
		return true, nil
	case ctx.Err() != nil:
		return false, ctx.Err()
	case unknownToRegistry(err.Error()):
		return false, nil
	}
	// No answer is no reason to build again, nor to fail: some registries can be reached by the engine only.
	p.GetLogger(ctx).Warningf("not checked whether registry %s still has %s: %v", registry, state.RepoDigest, err)
	return true, nil
}

// onLoopback reports whether a registry is on this machine. With such a one the engine talks without verified TLS, and so
// may the docker command line.
func onLoopback(registry string) bool {
	host := registry
	if name, _, err := net.SplitHostPort(registry); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(host).IsLoopback()
}

// unknownToRegistry tells the answer that a registry has no such image from all other complaints of docker manifest.
func unknownToRegistry(complaint string) bool {
	complaint = strings.ToLower(complaint)
	return strings.Contains(complaint, "no such manifest") ||
		strings.Contains(complaint, "manifest unknown") ||
		strings.Contains(complaint, "name unknown")
}
