package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// KubeContexts lists the contexts of the kubeconfig that kubectl and Pulumi's
// provider would use: the files of KUBECONFIG, or ~/.kube/config.
func KubeContexts() ([]string, error) { return KubeContextsOf("") }

// KubeContextsOf is KubeContexts for one file. Empty: as KubeContexts.
func KubeContextsOf(kubeconfig string) ([]string, error) {
	files := []string{kubeconfig}
	if kubeconfig == "" {
		files = filepath.SplitList(os.Getenv("KUBECONFIG"))
	}
	if len(files) == 0 {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil, fmt.Errorf("finding the kubeconfig: %w", err)
		}
		files = []string{filepath.Join(home, ".kube", "config")}
	}
	var names []string
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // as kubectl does
		}
		if err != nil {
			return nil, fmt.Errorf("reading the kubeconfig: %w", err)
		}
		var content struct {
			Contexts []struct {
				Name string `json:"name"`
			} `json:"contexts"`
		}
		if err := yaml.Unmarshal(text, &content); err != nil {
			return nil, fmt.Errorf("reading the kubeconfig %s: %w", file, err)
		}
		for _, context := range content.Contexts {
			names = append(names, context.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// ContextProblems checks that the context exists, so that a slip is one line here
// and not an error of every single resource.
func (c Config) ContextProblems(contexts []string) Problems {
	var p Problems
	if c.Context == "" || slices.Contains(contexts, c.Context) {
		return p // an empty one has been complained about
	}
	known := "it has none; `make up` starts a local cluster, and KUBECONFIG says which file to read"
	if len(contexts) > 0 {
		known = "it has " + strings.Join(contexts, ", ")
	}
	p.add("context", c.Context, "is not a context of your kubeconfig; %s", known)
	return p
}
