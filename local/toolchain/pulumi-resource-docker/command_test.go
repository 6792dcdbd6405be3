package main

import (
	"slices"
	"testing"
)

func TestBuildCommand(t *testing.T) {
	text := func(s string) *string { return &s }
	tests := map[string]struct {
		build *Build
		want  []string
	}{
		"defaults": {nil, []string{"--file", "Dockerfile", "--tag", "r/i:1", "--", "."}},
		"context":  {&Build{Context: text("app")}, []string{"--file", "app/Dockerfile", "--tag", "r/i:1", "--", "app"}},
		"everything": {
			&Build{
				Context: text("app"), Dockerfile: text("build/Dockerfile"),
				Args: map[string]string{"B": "2 x", "A": "1"}, Target: text("run"), Platform: text("linux/arm64"),
				Network: text("host"), AddHosts: []string{"a:1.2.3.4", "b:::1"}, CacheFrom: &CacheFrom{Images: []string{"r/i:0"}},
				BuilderVersion: text(builderV1), ContextDigest: text("0123"),
			},
			[]string{
				"--file", "build/Dockerfile", "--tag", "r/i:1", "--build-arg", "A=1", "--build-arg", "B=2 x",
				"--target", "run", "--platform", "linux/arm64", "--network", "host", "--add-host", "a:1.2.3.4",
				"--add-host", "b:::1", "--cache-from", "r/i:0", "--", "app",
			},
		},
		"empty is not set": {&Build{Target: text(""), Platform: text("")}, []string{"--file", "Dockerfile", "--tag", "r/i:1", "--", "."}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := buildCommand(ImageSpec{ImageName: "r/i:1", Build: test.build})
			if want := append([]string{"build"}, test.want...); !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
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

func TestBuilderEnvironment(t *testing.T) {
	for version, want := range map[string]string{builderV1: "DOCKER_BUILDKIT=0", builderKit: "DOCKER_BUILDKIT=1"} {
		if got := builderEnvironment(&Build{BuilderVersion: &version}); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", version, got)
		}
	}
	if got := builderEnvironment(nil); got != nil {
		t.Errorf("not chosen: %q", got)
	}
}
