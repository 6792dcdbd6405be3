// Package stackfile gives tests this repository's stacks as they are released. The files
// in the root belong to whoever runs the stacks: Pulumi writes into them, and so do they.
package stackfile

import (
	"embed"
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

//go:embed dev.yaml ci.yaml
var released embed.FS

// Text is Pulumi.<stack>.yaml as it is released; stacks are dev and ci.
func Text(stack string) ([]byte, error) {
	text, err := released.ReadFile(stack + ".yaml")
	if err != nil {
		return nil, fmt.Errorf("stack %s: there is no released file: %w", stack, err)
	}
	return text, nil
}

// Of is the configuration of a released stack, as Read gives it.
func Of(stack string) (map[string]string, error) {
	text, err := Text(stack)
	if err != nil {
		return nil, err
	}
	return parse(text, stack)
}

// Read reads the configuration of a Pulumi.<stack>.yaml as Pulumi would hand
// it to a program: texts, with objects as JSON.
func Read(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a stack's configuration: %w", err)
	}
	return parse(text, path)
}

func parse(text []byte, path string) (map[string]string, error) {
	var file struct {
		Config map[string]any `json:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	config := map[string]string{}
	for key, value := range file.Config {
		switch v := value.(type) {
		case string:
			config[key] = v
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", path, err)
			}
			config[key] = string(text)
		}
	}
	return config, nil
}
