package main

import (
	"context"
	"fmt"
	"regexp"

	"github.com/distribution/reference"
	p "github.com/pulumi/pulumi-go-provider"
)

// push pushes an image and returns repository@digest, by which the registry knows exactly what was pushed.
func (e *engine) push(ctx context.Context, name string) (string, error) {
	log := p.GetLogger(ctx)
	var last tail
	pushed := ""
	err := e.stream(ctx, func(line string) {
		last.add(line)
		if digest := pushedDigest(line); digest != "" {
			pushed = digest
		}
		log.InfoStatus(line)
	}, "push", name)
	if ctx.Err() != nil {
		return "", fmt.Errorf("docker push of %s was stopped: %w", name, ctx.Err())
	}
	if err != nil {
		return "", fmt.Errorf("docker push of %s failed (%w); it ended with:\n%s\n"+
			"Is the registry there, and are you logged in (docker login)?", name, err, &last)
	}
	named, err := parseName(name)
	if err == nil && pushed == "" {
		err = fmt.Errorf("docker push of %s did not say under which digest; it ended with:\n%s", name, &last)
	}
	if err != nil {
		return "", err
	}
	return reference.FamiliarName(named) + "@" + pushed, nil
}

var digestLine = regexp.MustCompile(`\bdigest: (sha256:[0-9a-f]{64})\b`)

// pushedDigest reads the line by which docker push says what the registry made of the image
// ("v1: digest: sha256:… size: 528"), and returns "" for all others.
func pushedDigest(line string) string {
	if found := digestLine.FindStringSubmatch(line); found != nil {
		return found[1]
	}
	return ""
}
