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

// fault is one case: on a stack of its own, or on one that it shares with others.
type fault struct {
	name string
	own  func(t *testing.T)
	on   func(t *testing.T, w *architecture)
}

var faults = []fault{
	{name: "deleted-by-hand", own: deletedByHand},
	{name: "mistakes", own: mistakes},
	{name: "mistaken-class", own: mistakenClass},
	{name: "securing", own: securing},
	{name: "upgraded", own: upgraded},
	{name: "two-stops", on: twoStops},
	{name: "drained", on: drained},
	{name: "hung", on: hung},
	{name: "killed", on: killed},
	{name: "from-controllers", on: fromControllers},
	{name: "no-names", on: noNames},
	{name: "both-roll", on: bothRoll},
	{name: "in-order", on: inOrder},
	{name: "roll-stops", on: rollStops},
	{name: "throttled", on: throttled},
	{name: "dead-node", on: deadNode},
	{name: "emptied", on: emptied},
	{name: "stopped", on: stopped},
	{name: "whole-death", on: wholeDeath},
	{name: "all-nodes", on: allNodes},
	{name: "grown", on: grown},
	{name: "canceled", on: canceled},
	{name: "evacuated", on: evacuated},
}

// TestFaults runs the cases that the command line asks for.
func TestFaults(t *testing.T) {
	picked := chosen(t, *cases)
	if !*full {
		return
	}
	var shared *architecture
	for _, f := range picked {
		run := f.own
		if run == nil {
			if shared == nil {
				shared = newArchitecture(t)
			}
			run = func(t *testing.T) {
				shared.Whole(t, shared.Client(t, shared.Bootstrap)) // a case before may have failed
				f.on(t, shared)
			}
		}
		t.Run(f.name, run)
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
