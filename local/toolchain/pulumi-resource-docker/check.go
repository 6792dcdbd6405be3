package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// The two builders, as the SDK names them.
const (
	builderV1  = "BuilderV1"
	builderKit = "BuilderBuildKit"
)

// Check refuses what cannot be built, every problem at once, and adds the digest of the context.
func (Image) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ImageArgs], error) {
	args, failures, err := infer.DefaultCheck[ImageArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[ImageArgs]{Inputs: args, Failures: failures}, err
	}
	known := func(path ...string) bool { return !computed(req.NewInputs, path...) }
	failures = problems(args, known)
	if args.Build == nil {
		args.Build = &Build{}
	}
	args.Build.ContextDigest = nil
	if len(failures) == 0 && known("build") {
		digest, err := contextDigest(args.Build)
		if err != nil {
			failures = append(failures, problem("build.context", "%v", err))
		} else {
			args.Build.ContextDigest = &digest
		}
	}
	return infer.CheckResponse[ImageArgs]{Inputs: args, Failures: failures}, nil
}

// computed tells whether an input, or a part of it, is still to be made by another resource.
func computed(inputs property.Map, path ...string) bool {
	at := property.New(inputs)
	for _, key := range path {
		if at.IsComputed() {
			return true
		}
		if !at.IsMap() {
			return false
		}
		at = at.AsMap().Get(key)
	}
	return at.HasComputed()
}

// problem is a failure of Check. The property is named in the text only: given separately, the engine would print its
// value too, which it does not know for a nested one and which may be a secret.
func problem(property, format string, values ...any) p.CheckFailure {
	return p.CheckFailure{Reason: property + ": " + fmt.Sprintf(format, values...)}
}

// problems lists everything that is wrong with args, as far as it is known yet.
func problems(args ImageArgs, known func(path ...string) bool) []p.CheckFailure {
	var found []p.CheckFailure
	report := func(property, format string, values ...any) {
		found = append(found, problem(property, format, values...))
	}
	if known("imageName") {
		if _, err := parseName(args.ImageName); err != nil {
			report("imageName", "%q is not an image name repository[:tag]: %v", args.ImageName, err)
		}
	}
	if build := args.Build; known("build", "context") && known("build", "dockerfile") {
		if info, err := os.Stat(build.contextPath()); err != nil || !info.IsDir() {
			report("build.context", "%s is not a folder", build.contextPath())
		} else if info, err := os.Stat(build.dockerfilePath()); err != nil || !info.Mode().IsRegular() {
			report("build.dockerfile", "%s is not a file (the path is relative to the program's folder)", build.dockerfilePath())
		}
	}
	if args.Build != nil {
		checkBuild(args.Build, known, report)
	}
	return found
}

func checkBuild(build *Build, known func(...string) bool, report func(property, format string, values ...any)) {
	if v := value(build.BuilderVersion); v != "" && v != builderV1 && v != builderKit {
		report("build.builderVersion", "%q is not a builder; allowed are %s and %s", v, builderV1, builderKit)
	}
	if v := value(build.Platform); v != "" {
		parts := strings.Split(v, "/")
		if len(parts) < 2 || len(parts) > 3 || slices.Contains(parts, "") || strings.ContainsAny(v, ", ") {
			report("build.platform", "%q is not one os/architecture[/variant], for example linux/arm64", v)
		}
	}
	if known("build", "addHosts") {
		for i, entry := range build.AddHosts {
			if host, ip, ok := strings.Cut(entry, ":"); !ok || host == "" || ip == "" {
				report(fmt.Sprintf("build.addHosts[%d]", i), "%q is not host:ip", entry)
			}
		}
	}
	for name := range build.Args {
		if name == "" || strings.ContainsAny(name, "= \t\n") {
			report("build.args", "%q is not the name of a build argument", name)
		}
	}
}
