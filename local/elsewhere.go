package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
)

// stacksElsewhere names the stacks of a file backend that have something in another
// cluster than the local one, each with its context: what Kubernetes' provider says. A
// stack without resources has nothing anywhere.
func stacksElsewhere(state string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(filepath.Join(state, ".pulumi", "stacks"), func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		name, packed, _ := strings.Cut(entry.Name(), ".json")
		switch {
		case packed == ".gz" || packed == ".zst":
			found = append(found, name+" (compressed, so its cluster is not known)")
		case entry.Name() == name+".json":
			where, err := contextsOf(path)
			if err != nil {
				return err
			}
			if len(where) > 0 {
				found = append(found, fmt.Sprintf("%s (context %s)", name, strings.Join(where, ", ")))
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("the state of Pulumi: %w", err)
	}
	return found, nil
}

// contextsOf are the contexts other than the local one in a stack's state.
func contextsOf(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var state struct {
		Checkpoint struct {
			Latest struct {
				Resources []struct {
					Type   string `json:"type"`
					Inputs struct {
						Context any `json:"context"`
					} `json:"inputs"`
				} `json:"resources"`
			} `json:"latest"`
		} `json:"checkpoint"`
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var others []string
	for _, r := range state.Checkpoint.Latest.Resources {
		name := fmt.Sprint(r.Inputs.Context)
		if r.Inputs.Context == nil {
			name = "of its kubeconfig"
		}
		if r.Type == "pulumi:providers:kubernetes" && name != cluster.ContextName && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	return others, nil
}
