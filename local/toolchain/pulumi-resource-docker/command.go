package main

import (
	"maps"
	"slices"
)

// buildCommand is the docker command line for a build.
func buildCommand(spec ImageSpec) []string {
	build := value(spec.Build)
	args := []string{"build", "--file", build.dockerfilePath(), "--tag", spec.ImageName}
	flag := func(name, value string) {
		if value != "" {
			args = append(args, name, value)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(build.Args)) {
		flag("--build-arg", name+"="+build.Args[name])
	}
	flag("--target", value(build.Target))
	flag("--platform", value(build.Platform))
	flag("--network", value(build.Network))
	for _, host := range build.AddHosts {
		flag("--add-host", host)
	}
	for _, image := range value(build.CacheFrom).Images {
		flag("--cache-from", image)
	}
	return append(args, "--", build.contextPath())
}

// builderEnvironment chooses the builder, if the program did.
func builderEnvironment(b *Build) []string {
	switch value(value(b).BuilderVersion) {
	case builderV1:
		return []string{"DOCKER_BUILDKIT=0"}
	case builderKit:
		return []string{"DOCKER_BUILDKIT=1"}
	}
	return nil
}
