package main

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
)

// inside lists what was packed into a jar beside its own classes: a shaded library keeps its Maven description, and a
// scanner should hear of it.
func inside(file string, self component) ([]component, error) {
	jar, err := zip.OpenReader(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	defer func() { _ = jar.Close() }()
	var found []component
	for _, entry := range jar.File {
		if !strings.HasPrefix(entry.Name, "META-INF/maven/") || path.Base(entry.Name) != "pom.properties" {
			continue
		}
		values, err := properties(entry)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, entry.Name, err)
		}
		group, artifact, version := values["groupId"], values["artifactId"], values["version"]
		if group == "" || artifact == "" || version == "" || group == self.Group && artifact == self.Name {
			continue
		}
		c := maven(group, artifact, version)
		c.Ref = self.Ref + "#" + c.Ref // the same library may be in two jars
		found = append(found, c)
	}
	slices.SortFunc(found, func(a, b component) int { return strings.Compare(a.Ref, b.Ref) })
	return found, nil
}

func properties(entry *zip.File) (map[string]string, error) {
	r, err := entry.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	text, err := io.ReadAll(io.LimitReader(r, 1<<16))
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for line := range strings.Lines(string(text)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			values[strings.TrimSpace(name)] = strings.TrimSpace(value)
		}
	}
	return values, nil
}
