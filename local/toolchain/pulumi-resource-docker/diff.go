package main

import (
	"context"
	"maps"
	"slices"

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
// them. Neither do credentials, nor whether previews build. The registry is part of the image name.
func changes(old ImageState, args ImageArgs) []string {
	was, now := value(old.Build), value(args.Build)
	differs := map[string]bool{
		"imageName":            old.ImageName != args.ImageName,
		"skipPush":             value(old.SkipPush) != value(args.SkipPush),
		"build.contextDigest":  value(was.ContextDigest) == "" || value(was.ContextDigest) != value(now.ContextDigest),
		"build.args":           !maps.Equal(was.Args, now.Args),
		"build.target":         value(was.Target) != value(now.Target),
		"build.platform":       value(was.Platform) != value(now.Platform),
		"build.network":        value(was.Network) != value(now.Network),
		"build.builderVersion": value(was.BuilderVersion) != value(now.BuilderVersion),
		"build.addHosts":       !slices.Equal(was.AddHosts, now.AddHosts),
		"build.cacheFrom":      !slices.Equal(value(was.CacheFrom).Images, value(now.CacheFrom).Images),
	}
	var names []string
	for name, yes := range differs {
		if yes {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
