package faults_test

import (
	"flag"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

var (
	full   = flag.Bool("full", false, "break things in earnest")
	cases  = flag.String("cases", "", "with -full: names of cases, separated by commas (default: all)")
	rounds = flag.Int("rounds", 1, "with -full: how many times each case runs")
	seed   = flag.Uint64("seed", 0, "with -full: what is left to chance is drawn from it (default: another one each time)")
)

// fault is one case: on a stack of its own, or on one that it shares with others.
type fault struct {
	name string
	does string // what is broken, in a few words
	own  func(t *testing.T, seen *proof.Result)
	on   func(t *testing.T, w *architecture)
}

var faults = []fault{
	{name: "deleted-by-hand", does: "a StatefulSet and a Service are deleted by hand", own: deletedByHand},
	{name: "mistakes", does: "wrong classes, quotas and domains in the configuration", own: mistakes},
	{name: "mistaken-class", does: "a storage class that there is not", own: mistakenClass},
	{name: "lost-volumes", does: "volumes are lost, some of them with the only records; they come back, or loss is accepted", own: lostVolumes},
	{name: "defaults", does: "a cluster of one broker grows to three, and its minimum in sync is lowered", own: defaults},
	{name: "autoscaled", does: "an application is scaled by another and updated", own: autoscaled},
	{name: "securing", does: "a living cluster goes from plaintext to TLS", own: securing},
	{name: "upgraded", does: "another release of Kafka, back, and forth again", own: upgraded},
	{name: "two-stops", does: "two nodes of a role are told to stop at once", on: twoStops},
	{name: "drained", does: "a node is drained while a stop is held back", on: drained},
	{name: "hung", does: "SIGSTOP to a broker's JVM", on: hung},
	{name: "all-killed", does: "SIGKILL to all six JVMs at once, three times in a row", on: allKilled},
	{name: "killed", does: "SIGKILL to two agents; a tool takes all the memory", on: killed},
	{name: "histories", does: "nodes picked by chance are killed or hang, one after the other", on: histories},
	{name: "from-controllers", does: "a broker reaches no controller", on: fromControllers},
	{name: "no-names", does: "no name is resolved for a minute; a broker is killed", on: noNames},
	{name: "both-roll", does: "a change of both roles under load", on: bothRoll},
	{name: "in-order", does: "a restart under load: followers first, the active controller last", on: inOrder},
	{name: "roll-stops", does: "a change with which no pod comes back, and the change taken back", on: rollStops},
	{name: "throttled", does: "a broker comes back behind, and may copy slowly", on: throttled},
	{name: "dead-node", does: "a node's power is cut during an up", on: deadNode},
	{name: "emptied", does: "a controller's and a broker's volume are lost", on: emptied},
	{name: "stopped", does: "all nodes are stopped, and started", on: stopped},
	{name: "whole-death", does: "all nodes die, and the last in sync stays away", on: wholeDeath},
	{name: "lossy", does: "an unclean election of a topic that is set up to lose", on: lossy},
	{name: "all-nodes", does: "the power of all nodes goes at once", on: allNodes},
	{name: "grown", does: "three brokers become five under load", on: grown},
	{name: "canceled", does: "taking brokers away is cut off in the middle", on: canceled},
	{name: "evacuated", does: "two brokers are emptied under load", on: evacuated},
}

// TestFaults runs the cases that the command line asks for, and writes down what each has seen.
func TestFaults(t *testing.T) {
	picked := chosen(t, *cases)
	if *rounds < 1 {
		t.Fatalf("ROUNDS=%d: how many times each case runs; 1 or more", *rounds)
	}
	if !*full {
		return
	}
	from := *seed
	for from == 0 {
		from = rand.Uint64()
	}
	t.Logf("SEED=%d", from)
	page := newPage(t)
	var shared *architecture
	for _, f := range picked {
		seen := &proof.Result{Case: f.name, Fault: f.does, Seed: from}
		for round := range uint64(*rounds) {
			run := func(t *testing.T) { f.own(t, seen) }
			if f.on != nil {
				if shared == nil {
					shared = newArchitecture(t)
				}
				run = func(t *testing.T) {
					shared.Whole(t, shared.Client(t, shared.Bootstrap)) // a case before may have failed
					shared.seen, shared.chance = seen, rand.New(rand.NewPCG(from, round))
					f.on(t, shared)
					shared.checked(shared.Books.Verdict().Read)
				}
			}
			seen.Rounds++
			if !t.Run(f.name, run) {
				seen.Failed = true
				break
			}
		}
		page.put(t, *seen)
	}
}

// chosen are the cases of that name, in our order. Each has a name that can be typed, once.
func chosen(t *testing.T, wanted string) []fault {
	t.Helper()
	var known []string
	for _, f := range faults {
		assert.Regexp(t, regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), f.name)
		assert.NotContains(t, known, f.name)
		assert.NotEmpty(t, f.does, f.name)
		assert.True(t, (f.own == nil) != (f.on == nil), f.name)
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
