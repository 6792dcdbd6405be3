package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
)

// localImage is what the engine knows of an image it has.
type localImage struct {
	ID       string // sha256:…
	Platform string // os/architecture[/variant]
}

// inspect asks the engine for an image by name or id; nil if it has none.
func (e *engine) inspect(ctx context.Context, name string) (*localImage, error) {
	text, err := e.output(ctx, "image", "inspect", "--format", "{{json .}}", name)
	if err != nil {
		if strings.Contains(strings.ToLower(err.Error()), "no such image") {
			return nil, nil
		}
		return nil, fmt.Errorf("asking the Docker engine for %s: %w", name, err)
	}
	var answer struct {
		ID           string `json:"Id"`
		Os           string
		Architecture string
		Variant      string
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return nil, fmt.Errorf("reading docker image inspect %s: %w", name, err)
	}
	image := &localImage{ID: answer.ID, Platform: answer.Os + "/" + answer.Architecture}
	if answer.Variant != "" {
		image.Platform += "/" + answer.Variant
	}
	return image, nil
}

// digestOf is the part of repository@digest after the @, "" without one.
func digestOf(reference string) string {
	_, digest, _ := strings.Cut(reference, "@")
	return digest
}
