package bench_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

var (
	full  = flag.Bool("full", false, "measure in earnest and write bench/RESULTS.md")
	cases = flag.String("cases", "", "with -full: names of cases, separated by commas (default: all)")
	pairs = flag.Int("pairs", 0, "with -full: how many times each side is measured (default: as each case says)")
)

// subject is one case of the benchmark.
type subject struct {
	name string
	// pairs is how many times each side is measured in earnest.
	pairs int
	// prepare makes ready what is not measured. trial says that it shall be quick: no opponent is built.
	prepare func(t *testing.T, trial bool) plan
	// trial says that the case takes part in `make test`.
	trial bool
}

var subjects = []subject{
	{name: "start", pairs: 10, prepare: prepareStart, trial: true},
	{name: "memory", pairs: 5, prepare: prepareMemory},
	{name: "size", pairs: 1, prepare: prepareSize},
	{name: "rebuild", pairs: 5, prepare: prepareRebuild, trial: true},
	{name: "throughput", pairs: 10, prepare: prepareThroughput},
	{name: "pod", pairs: 5, prepare: preparePod},
	{name: "stack", pairs: 5, prepare: prepareStack},
	{name: "preview", pairs: 5, prepare: preparePreview},
	{name: "wide", pairs: 5, prepare: prepareWide},
	{name: "drain", pairs: 5, prepare: prepareDrain},
}

// TestBench runs the cases. It never fails for a figure, only when there is none.
func TestBench(t *testing.T) {
	picked := chosen(t)
	kit.Kubernetes(t) // takes the lock: no other test run shall be measured with us
	removeLeftovers(t)
	if *full {
		measureAll(t, picked)
		return
	}
	var results []bench.Result
	for _, s := range subjects {
		if s.trial {
			t.Run(s.name, func(t *testing.T) { results = append(results, measure(t, s, 1, true)) })
		}
	}
	require.False(t, t.Failed())
	wellFormed(t, results)
}

// chosen are the cases that the command line asks for, in our order.
func chosen(t *testing.T) []subject {
	t.Helper()
	if *cases == "" {
		return subjects
	}
	names := strings.Split(*cases, ",")
	var known []string
	var picked []subject
	for _, s := range subjects {
		known = append(known, s.name)
		if slices.Contains(names, s.name) {
			picked = append(picked, s)
		}
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			t.Errorf("CASES: there is no case %q; there are %s", name, strings.Join(known, ", "))
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	return picked
}

// measureAll writes what is known after every case, so that a run that is stopped has not been in vain.
func measureAll(t *testing.T, picked []subject) {
	t.Helper()
	folder := filepath.Join(kit.Repo(t), "bench")
	inJSON, inMarkdown := filepath.Join(folder, "results.json"), filepath.Join(folder, "RESULTS.md")
	results, err := bench.Read(inJSON)
	require.NoError(t, err)
	var fresh []bench.Result
	for _, s := range picked {
		t.Run(s.name, func(t *testing.T) {
			times := s.pairs
			if *pairs > 0 && s.pairs > 1 {
				times = *pairs
			}
			result := measure(t, s, times, false)
			fresh = append(fresh, result)
			results = bench.Merge(results, result)
			require.NoError(t, bench.Write(inJSON, inMarkdown, results))
		})
	}
	fmt.Fprintf(os.Stdout, "\n%s\nAll results, and what was measured how: %s\n", bench.Table(fresh), inMarkdown)
}

// measure runs one case.
func measure(t *testing.T, s subject, times int, trial bool) bench.Result {
	t.Helper()
	begin := time.Now()
	p := s.prepare(t, trial)
	if trial {
		for i := range p.rows {
			p.rows[i].aim = bench.Aim{} // one run of a stand-in proves nothing
		}
	}
	if t.Failed() {
		t.FailNow()
	}
	t.Logf("prepared in %s", time.Since(begin).Round(time.Second))
	result := p.run(t, times)
	result.Case, result.Took = s.name, bench.Duration(time.Since(begin))
	require.NoError(t, result.Check())
	t.Logf("done in %s:\n%s", time.Since(begin).Round(time.Second), bench.Table([]bench.Result{result}))
	return result
}

// wellFormed checks the page that the results make, and that they come back from their file as they were.
func wellFormed(t *testing.T, results []bench.Result) {
	t.Helper()
	folder := t.TempDir()
	inJSON, inMarkdown := filepath.Join(folder, "results.json"), filepath.Join(folder, "RESULTS.md")
	require.NoError(t, bench.Write(inJSON, inMarkdown, results))
	back, err := bench.Read(inJSON)
	require.NoError(t, err)
	assert.Equal(t, bench.Table(results), bench.Table(back))
	page, err := os.ReadFile(inMarkdown)
	require.NoError(t, err)
	rows := 0
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "|") {
			rows++
			assert.Equal(t, 8, strings.Count(line, "|"), line)
			assert.NotContains(t, line, "NaN")
		}
	}
	want := 2 // the heading
	for _, result := range results {
		want += len(result.Rows)
		assert.Positive(t, result.Machine.CPUs)
		assert.NotEmpty(t, result.Machine.Kernel)
		assert.NotEmpty(t, result.Machine.Processor)
		assert.Positive(t, result.Machine.MemoryGiB)
		assert.Contains(t, string(page), "## "+result.Case)
	}
	assert.Equal(t, want, rows)
}
