package main

import (
	"context"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// StateMigrations lets a stack that the official plugin has worked on go on with this one.
func (Image) StateMigrations(context.Context) []infer.StateMigrationFunc[ImageState] {
	return []infer.StateMigrationFunc[ImageState]{infer.StateMigration(fromOfficial)}
}

// fromOfficial takes the outputs over. The official plugin keeps its inputs elsewhere, and its digest of the context is
// another one, so the first up builds the image again. A state of this plugin always has build, and stays as it is.
func fromOfficial(_ context.Context, old property.Map) (infer.MigrationResult[ImageState], error) {
	if _, ours := old.GetOk("build"); ours {
		return infer.MigrationResult[ImageState]{}, nil
	}
	text := func(key string) string {
		if v := old.Get(key); v.IsString() {
			return v.AsString()
		}
		return ""
	}
	state := &ImageState{
		ImageSpec:      ImageSpec{ImageName: text("imageName")},
		BaseImageName:  text("baseImageName"),
		Context:        text("context"),
		Dockerfile:     text("dockerfile"),
		RegistryServer: text("registryServer"),
		RepoDigest:     text("repoDigest"),
	}
	if platform := text("platform"); platform != "" {
		state.Platform = &platform
	}
	return infer.MigrationResult[ImageState]{Result: state}, nil
}
