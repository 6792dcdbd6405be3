package main

import (
	"slices"
	"testing"
)

func TestBuildCommand(t *testing.T) {
	text := func(s string) *string { return &s }
	for name, test := range map[string]struct {
		build *Build
		want  []string
	}{
		"defaults": {nil, []string{"--file", "Dockerfile", "--tag", "r/i:1", "--", "."}},
		"context":  {&Build{Context: text("app")}, []string{"--file", "app/Dockerfile", "--tag", "r/i:1", "--", "app"}},
		"everything": {
			&Build{Context: text("app"), Dockerfile: text("build/Dockerfile"), Args: map[string]string{"B": "2 x", "A": "1"}, ContextDigest: text("0123")},
			[]string{"--file", "build/Dockerfile", "--tag", "r/i:1", "--build-arg", "A=1", "--build-arg", "B=2 x", "--", "app"},
		},
	} {
		got := buildCommand(ImageSpec{ImageName: "r/i:1", Build: test.build})
		if want := append([]string{"build"}, test.want...); !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, want)
		}
	}
}

func TestDockerfileInContext(t *testing.T) {
	text := func(s string) *string { return &s }
	for _, test := range []struct {
		build *Build
		want  string
	}{
		{nil, "Dockerfile"},
		{&Build{Context: text("app")}, "Dockerfile"},
		{&Build{Context: text("app"), Dockerfile: text("app/sub/D")}, "sub/D"},
		{&Build{Context: text("app"), Dockerfile: text("D")}, "../D"},
		{&Build{Context: text("/a"), Dockerfile: text("/b/D")}, "../b/D"},
	} {
		if got := test.build.dockerfileInContext(); got != test.want {
			t.Errorf("%q in %q: %q, want %q", test.build.dockerfilePath(), test.build.contextPath(), got, test.want)
		}
	}
}
