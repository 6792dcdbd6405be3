// Package stackfile reads Pulumi.<stack>.yaml for tests.
package stackfile

import (
	"encoding/json"
	"fmt"
	"os"

	"sigs.k8s.io/yaml"
)

// Read reads the configuration of a Pulumi.<stack>.yaml as Pulumi would hand
// it to a program: texts, with objects as JSON.
func Read(path string) (map[string]string, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading a stack's configuration: %w", err)
	}
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
