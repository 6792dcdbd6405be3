package main

import (
	"context"
	"fmt"
	"regexp"

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
	image, err := e.inspect(ctx, name)
	if err != nil {
		return "", err
	}
	if image == nil {
		return "", fmt.Errorf("image %s was removed from the engine while it was pushed; run again", name)
	}
	return chooseDigest(name, pushed, image.RepoDigests)
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

// chooseDigest picks, of all the digests by which the engine knows an image, the one of this push. The same image may
// have been pushed to other repositories, and before to this one in other wrapping.
func chooseDigest(name, pushed string, repoDigests []string) (string, error) {
	var here []string
	for _, candidate := range repoDigests {
		if !sameRepository(candidate, name) {
			continue
		}
		if pushed != "" && digestOf(candidate) == pushed {
			return candidate, nil
		}
		here = append(here, candidate)
	}
	if pushed == "" && len(here) == 1 {
		return here[0], nil
	}
	return "", fmt.Errorf("the engine does not say under which digest %s was pushed (push said %q, the engine knows %q)",
		name, pushed, repoDigests)
}
