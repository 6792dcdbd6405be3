package bench_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/bench"
)

// sample is what measuring a side once tells: figures by name.
type sample map[string]float64

// side is one of those who are compared.
type side struct {
	name, is string
	// measure measures the side once. What it makes goes away at the end of the given test.
	measure func(t *testing.T) sample
}

// row is one comparison of a figure.
type row struct {
	what, figure, unit string
	ours, theirs       string // names of sides; no ours means the first side
	theirFigure        string // if it has another name than ours
	aim                bench.Aim
}

// plan is a case that is ready to be measured.
type plan struct {
	how   string
	sides []side
	rows  []row
	// together measures all sides at the same time: for what waiting does not change.
	together bool
	// rehearsals are rounds that are not counted, for caches of the machine to be warm for every side.
	rehearsals int
	versions   map[string]string
}

// run measures the sides in turns.
func (p plan) run(t *testing.T, times int) bench.Result {
	t.Helper()
	figures := map[string]map[string]bench.Samples{} // by side, by figure
	for _, s := range p.sides {
		figures[s.name] = map[string]bench.Samples{}
	}
	for round := 1 - p.rehearsals; round <= times; round++ {
		for name, measured := range p.round(t, round, times) {
			if round < 1 {
				continue
			}
			for figure, value := range measured {
				figures[name][figure] = append(figures[name][figure], value)
			}
		}
	}
	result := bench.Result{Date: time.Now(), Pairs: times, Machine: bench.ThisMachine(), How: p.how}
	result.Machine.Versions = p.versions
	for _, s := range p.sides {
		result.Sides = append(result.Sides, bench.Side{Name: s.name, Is: s.is})
	}
	for _, r := range p.rows {
		result.Rows = append(result.Rows, bench.Row{
			What: r.what, Against: r.theirs, Unit: r.unit, Aim: r.aim,
			Ours:   figures[cmp.Or(r.ours, p.sides[0].name)][r.figure],
			Theirs: figures[r.theirs][cmp.Or(r.theirFigure, r.figure)],
		})
	}
	return result
}

// round measures every side once.
func (p plan) round(t *testing.T, round, times int) map[string]sample {
	t.Helper()
	var mutex sync.Mutex
	samples := map[string]sample{}
	title := fmt.Sprintf("%d of %d", round, times)
	if round < 1 {
		title = "rehearsal"
	}
	one := func(t *testing.T, s side) {
		measured := s.measure(t)
		mutex.Lock()
		defer mutex.Unlock()
		samples[s.name] = measured
		t.Logf("%s, %s: %s", title, s.name, measured)
	}
	if !t.Run(title, func(t *testing.T) {
		for _, s := range p.sides {
			t.Run(s.name, func(t *testing.T) {
				if p.together {
					t.Parallel()
				}
				one(t, s)
			})
		}
	}) {
		t.FailNow()
	}
	return samples
}

// String is the sample as a line of progress.
func (s sample) String() string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(s)) {
		parts = append(parts, fmt.Sprintf("%s %.3g", name, s[name]))
	}
	return strings.Join(parts, ", ")
}
