// Package resultfile keeps results of long runs: as JSON, from which the next run goes on, and as a page for people.
package resultfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
)

// Read reads results as Write left them; none if there is no such file.
func Read[R any](path string) ([]R, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var results []R
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return results, nil
}

// Write writes the results as JSON, and their page in Markdown.
func Write[R any](jsonPath, pagePath string, results []R, page string) error {
	text, err := json.MarshalIndent(results, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(jsonPath, append(text, '\n'), 0o644), //nolint:gosec // a file of the checkout
		os.WriteFile(pagePath, []byte(page), 0o644),       //nolint:gosec // a file of the checkout
	)
}
