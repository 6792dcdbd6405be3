package main

import (
	"context"
	"fmt"
	"os"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// Check refuses what cannot be built, every problem at once, and adds the digest of the context. As long as an input is
// still to be made by another resource, there is nothing to judge and no digest.
func (Image) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[ImageArgs], error) {
	args, failures, err := infer.DefaultCheck[ImageArgs](ctx, req.NewInputs)
	if err != nil || len(failures) > 0 {
		return infer.CheckResponse[ImageArgs]{Inputs: args, Failures: failures}, err
	}
	if args.Build == nil {
		args.Build = &Build{}
	}
	args.Build.ContextDigest = nil
	if !property.New(req.NewInputs).HasComputed() {
		failures = problems(args)
		if digest, err := contextDigest(args.Build); err == nil {
			args.Build.ContextDigest = &digest
		} else if len(failures) == 0 {
			failures = []p.CheckFailure{problem("build.context", "%v", err)}
		}
	}
	return infer.CheckResponse[ImageArgs]{Inputs: args, Failures: failures}, nil
}

// problem is a failure of Check. The property is named in the text only: given separately, the engine would print its
// value too, which it does not know for a nested one and which may be a secret.
func problem(property, format string, values ...any) p.CheckFailure {
	return p.CheckFailure{Reason: property + ": " + fmt.Sprintf(format, values...)}
}

// problems lists everything that is wrong with args.
func problems(args ImageArgs) []p.CheckFailure {
	var found []p.CheckFailure
	if _, err := parseName(args.ImageName); err != nil {
		found = append(found, problem("imageName", "%q is not an image name repository[:tag]: %v", args.ImageName, err))
	}
	if value(args.BuildOnPreview) {
		found = append(found, problem("buildOnPreview", "not offered by this docker plugin; the official one does it"))
	}
	build := args.Build
	if info, err := os.Stat(build.contextPath()); err != nil || !info.IsDir() {
		found = append(found, problem("build.context", "%s is not a folder", build.contextPath()))
	} else if info, err := os.Stat(build.dockerfilePath()); err != nil || !info.Mode().IsRegular() {
		found = append(found, problem("build.dockerfile", "%s is not a file (the path is relative to the program's folder)", build.dockerfilePath()))
	}
	for name := range build.Args {
		if name == "" || strings.ContainsAny(name, "= \t\n") {
			found = append(found, problem("build.args", "%q is not the name of a build argument", name))
		}
	}
	return found
}
