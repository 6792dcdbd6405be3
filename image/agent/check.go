package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// check looks at everything that can be wrong before anything is changed, on the volume or elsewhere.
func check(p paths, environ []string) (*runner, error) {
	s, err := parseSettings(environ)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.properties)
	if err != nil {
		return nil, fmt.Errorf("cannot read the node's configuration: %w", err)
	}
	rendered, err := render(string(text), s.placeholders())
	if err != nil {
		return nil, err
	}
	props := parseProperties(rendered)
	n, err := parseNode(props, s.nodeID)
	if err != nil {
		return nil, err
	}
	var problems []error
	limit := memoryLimit(p.cgroup)
	if len(s.heap) == 0 {
		s.heap = defaultHeap(limit)
	}
	problems = append(problems, checkHeap(s.heap, limit))
	r := &runner{paths: p, settings: s, node: n, past: past{metadataDir: n.metadataDir, dirs: n.dirs(), life: p.life}}
	for _, dir := range n.dirs() {
		m, err := readMeta(dir)
		if m != nil && err == nil {
			r.metas = append(r.metas, m)
			err = checkOwner(m, s)
		}
		if err == nil {
			err = checkRoom(dir)
		}
		problems = append(problems, err)
	}
	if len(r.metas) > 0 && props["unstable.feature.versions.enable"] != "true" {
		problems = append(problems, checkMetadataVersion(n.metadataDir, p.features))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if n.controller {
		if _, err := r.past.history(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.rendered), 0o755); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	if err := os.WriteFile(p.rendered, []byte(rendered), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	r.state = newState(s, n)
	return r, nil
}
