package main

import (
	"strings"
	"testing"
)

var (
	digestA = "sha256:" + strings.Repeat("a", 64)
	digestB = "sha256:" + strings.Repeat("b", 64)
)

func TestPushedDigest(t *testing.T) {
	for line, want := range map[string]string{
		"v1: digest: " + digestA + " size: 735":                   digestA,
		"The push refers to repository [localhost:5000/a]":        "",
		"d52d423fd0c0: Pushed":                                    "",
		"v1: digest: sha256:abc size: 1":                          "",
		"not at the start of a tag v1: digest: " + digestB + " s": digestB,
	} {
		if got := pushedDigest(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestChooseDigest(t *testing.T) {
	tests := map[string]struct {
		name, pushed string
		known        []string
		want         string // "" if it must be refused
	}{
		"the only one":             {"r.io/a:1", digestA, []string{"r.io/a@" + digestA}, "r.io/a@" + digestA},
		"of this push":             {"r.io/a:1", digestB, []string{"r.io/a@" + digestA, "r.io/a@" + digestB}, "r.io/a@" + digestB},
		"of this repository":       {"r.io/b:1", digestA, []string{"r.io/a@" + digestA, "r.io/b@" + digestA}, "r.io/b@" + digestA},
		"Docker Hub's short name":  {"docker.io/team/a:1", digestA, []string{"team/a@" + digestA}, "team/a@" + digestA},
		"registry with a port":     {"localhost:5050/a", digestA, []string{"localhost:5050/a@" + digestA}, "localhost:5050/a@" + digestA},
		"push did not say":         {"r.io/a:1", "", []string{"r.io/b@" + digestB, "r.io/a@" + digestA}, "r.io/a@" + digestA},
		"did not say, two of them": {"r.io/a:1", "", []string{"r.io/a@" + digestB, "r.io/a@" + digestA}, ""},
		"only an older push":       {"r.io/a:1", digestB, []string{"r.io/a@" + digestA}, ""},
		"none":                     {"r.io/a:1", digestA, nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := chooseDigest(test.name, test.pushed, test.known)
			if got != test.want || (err == nil) != (test.want != "") {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
}
