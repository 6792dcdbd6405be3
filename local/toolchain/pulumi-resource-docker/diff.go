package main

import (
	"context"
	"maps"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Diff tells whether the image must be built again, or pushed elsewhere.
func (Image) Diff(
	_ context.Context, req infer.DiffRequest[ImageArgs, ImageState],
) (infer.DiffResponse, error) {
	changed := map[string]p.PropertyDiff{}
	for _, property := range changes(req.State, req.Inputs) {
		changed[property] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
	}
	return infer.DiffResponse{HasChanges: len(changed) > 0, DetailedDiff: changed}, nil
}

// changes names the inputs that ask for a rebuild. Where the context and the Dockerfile lie does not, only what is in
// them. The registry is part of the image name.
func changes(old ImageState, args ImageArgs) []string {
	was, now := value(old.Build), value(args.Build)
	var names []string
	for _, input := range []struct {
		name    string
		differs bool
	}{
		{"build.args", !maps.Equal(was.Args, now.Args)},
		{"build.contextDigest", value(was.ContextDigest) == "" || value(was.ContextDigest) != value(now.ContextDigest)},
		{"imageName", old.ImageName != args.ImageName},
		{"skipPush", value(old.SkipPush) != value(args.SkipPush)},
	} {
		if input.differs {
			names = append(names, input.name)
		}
	}
	return names
}
