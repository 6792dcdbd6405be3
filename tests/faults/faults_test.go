package faults_test

import (
	"flag"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

var (
	full  = flag.Bool("full", false, "break things in earnest")
	cases = flag.String("cases", "", "with -full: names of cases, separated by commas (default: all)")
)

// fault is one case.
type fault struct {
	name string
	run  func(t *testing.T)
}

var faults = []fault{
	{"deleted-by-hand", deletedByHand},
	{"mistakes", mistakes},
	{"mistaken-class", mistakenClass},
}

// TestFaults runs the cases that the command line asks for.
func TestFaults(t *testing.T) {
	picked := chosen(t, *cases)
	if !*full {
		return
	}
	for _, f := range picked {
		t.Run(f.name, f.run)
	}
}

// chosen are the cases of that name, in our order. Each has a name that can be typed, once.
func chosen(t *testing.T, wanted string) []fault {
	t.Helper()
	var known []string
	for _, f := range faults {
		assert.Regexp(t, regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), f.name)
		assert.NotContains(t, known, f.name)
		known = append(known, f.name)
	}
	if wanted == "" {
		return faults
	}
	names := strings.Split(wanted, ",")
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Fatalf("CASES: there is no case %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return !slices.Contains(names, f.name) })
}
