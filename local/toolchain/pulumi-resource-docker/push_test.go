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
