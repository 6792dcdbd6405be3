package bench

import (
	"flag"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/internal/readme"
)

var update = flag.Bool("update", false, "write RESULTS.md and README's table anew from results.json")

func TestSamples(t *testing.T) {
	t.Parallel()
	ten := Samples{10, 1, 9, 2, 8, 3, 7, 4, 6, 5}
	for name, c := range map[string]struct {
		samples     Samples
		median, p90 float64
	}{
		"one":   {Samples{3}, 3, 3},
		"two":   {Samples{3, 1}, 2, 3},
		"three": {Samples{9, 1, 5}, 5, 9},
		"ten":   {ten, 5.5, 9},
	} {
		assert.InDelta(t, c.median, c.samples.Median(), 1e-9, name)
		assert.InDelta(t, c.p90, c.samples.P90(), 1e-9, name)
	}
	assert.True(t, math.IsNaN(Samples{}.Median()))
	assert.True(t, math.IsNaN(Samples{}.P90()))
	assert.Equal(t, Samples{10, 1, 9, 2, 8, 3, 7, 4, 6, 5}, ten, "the order in which they were measured stays")
}

func TestMet(t *testing.T) {
	t.Parallel()
	row := func(ours, theirs float64, aim Aim) Row {
		return Row{What: "w", Against: "a", Unit: "s", Ours: Samples{ours}, Theirs: Samples{theirs}, Aim: aim}
	}
	for name, c := range map[string]struct {
		row  Row
		want bool
	}{
		"at the limit":           {row(1, 2, Aim{Ratio: 0.5}), true},
		"above it":               {row(1.1, 2, Aim{Ratio: 0.5}), false},
		"more is better":         {row(3, 2, Aim{Ratio: 1, AtLeast: true}), true},
		"less is worse":          {row(1, 2, Aim{Ratio: 1, AtLeast: true}), false},
		"a small one of two big": {row(310, 1000, Aim{Ratio: 0.5, Ceiling: 300}), false},
		"both":                   {row(290, 1000, Aim{Ratio: 0.5, Ceiling: 300}), true},
		"no aim":                 {row(5, 1, Aim{}), true},
	} {
		assert.Equal(t, c.want, c.row.Met(), name)
	}
}

func result(rows ...Row) Result {
	return Result{
		Case: "start", Date: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Took: Duration(90 * time.Second), Pairs: 2,
		Machine: Machine{CPUs: 2, Processor: "p", MemoryGiB: 24, Kernel: "6", Versions: map[string]string{"java": "25"}},
		Sides:   []Side{{"ours", "this"}, {"(a)", "that"}}, Rows: rows, How: "With a clock.",
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	page := Markdown([]Result{result(
		Row{What: "start", Against: "(a)", Unit: "s", Ours: Samples{1, 1.5}, Theirs: Samples{2, 3}, Aim: Aim{Ratio: 0.6}},
		Row{What: "size", Against: "(a)", Unit: "MB", Ours: Samples{600}, Theirs: Samples{1234}, Aim: Aim{Ratio: 0.4, Ceiling: 300}},
		Row{What: "rate", Against: "(a)", Unit: "records/s", Ours: Samples{123456}, Theirs: Samples{100000}},
	)})
	for _, part := range []string{
		"| start | (a) | 1.25 (1.50) s | 2.50 (3.00) s | 0.50 | ≤ 0.60 | met |\n",
		"| size | (a) | 600 MB | 1234 MB | 0.49 | ≤ 0.40, ours ≤ 300 | **missed** |\n",
		"| rate | (a) | 123456 records/s | 100000 records/s | 1.23 | – |  |\n",
		"## start\n\nWith a clock.\n", "- **(a)**: that\n",
		"2 times each, in turns, in 1m30s, until 2026-01-02 03:04 UTC, on 2 processors (p), 24 GiB, Linux 6; java: 25.",
	} {
		assert.Contains(t, page, part)
	}
}

func TestSummaryHasWhatThereIsAnAimFor(t *testing.T) {
	t.Parallel()
	aimed := Row{What: "start", Against: "(a)", Unit: "s", Ours: Samples{1}, Theirs: Samples{2}, Aim: Aim{Ratio: 0.6}}
	aimless := aimed
	aimless.What, aimless.Aim = "size", Aim{}
	later := result(aimless)
	later.Date = later.Date.AddDate(0, 0, 1)
	assert.Equal(t, "| what | against | ratio | aim | |\n|---|---|---|---|---|\n| start | (a) | 0.50 | ≤ 0.60 | met |\n"+
		"\nMeasured 2026-01-02 on 2 processors (p), 24 GiB, Linux 6.\n", Summary([]Result{result(aimed, aimless), later}))
}

func TestCheckNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	good := Row{What: "start", Against: "(a)", Unit: "s", Ours: Samples{1}, Theirs: Samples{2}}
	require.NoError(t, result(good).Check())
	none, zero, stranger := good, good, good
	none.Ours = nil
	zero.Theirs = Samples{1, 0}
	stranger.Against = "(z)"
	err := result(none, zero, stranger).Check()
	for _, part := range []string{"no figures of ours", "0 is no measurement", `nobody is called "(z)"`} {
		require.ErrorContains(t, err, part)
	}
	require.ErrorContains(t, result().Check(), "no comparison")
}

func TestResultsComeBackFromTheirFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "results.json")
	none, err := Read(file)
	require.NoError(t, err)
	assert.Empty(t, none)

	row := Row{What: "start", Against: "(a)", Unit: "s", Ours: Samples{1}, Theirs: Samples{2}, Aim: Aim{Ratio: 0.5}}
	first, other := result(row), result(row)
	other.Case = "size"
	results := Merge(Merge(nil, first), other)
	require.NoError(t, Write(file, filepath.Join(folder, "RESULTS.md"), results))
	back, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, results, back)

	again := first
	again.Pairs = 7
	merged := Merge(back, again)
	assert.Len(t, merged, 2)
	assert.Equal(t, 7, merged[0].Pairs, "in the place of the old one")
	assert.Equal(t, 2, back[0].Pairs, "the old list stays")

	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err = Read(file)
	require.ErrorContains(t, err, file)
}

func TestThisMachine(t *testing.T) {
	t.Parallel()
	m := ThisMachine()
	assert.Positive(t, m.CPUs)
	assert.Positive(t, m.MemoryGiB)
	assert.NotEmpty(t, m.Kernel)
	assert.NotContains(t, m.Kernel, "\x00")
}

// The page in the repository is the one that its figures make; go test ./bench -update makes it so.
func TestPageBelongsToTheFigures(t *testing.T) {
	t.Parallel()
	results, err := Read("results.json")
	require.NoError(t, err)
	if len(results) == 0 {
		t.Fatal("no results: make bench writes them")
	}
	if *update {
		require.NoError(t, os.WriteFile("RESULTS.md", []byte(Markdown(results)), 0o600))
	}
	page, err := os.ReadFile("RESULTS.md")
	require.NoError(t, err)
	assert.Equal(t, Markdown(results), string(page))
	readme.Part(t, "../README.md", "benchmark", Summary(results), *update)
}

// An opponent of another version of Kafka would be no opponent.
func TestOpponentsHaveOurVersionOfKafka(t *testing.T) {
	t.Parallel()
	pom, err := os.ReadFile("opponents/pom.xml")
	require.NoError(t, err)
	assert.Contains(t, string(pom), "<kafka.version>"+image.KafkaVersion+"</kafka.version>")
	ours, err := os.ReadFile("../image/kafka/" + image.KafkaVersion + "/pom.xml")
	require.NoError(t, err)
	_, after, _ := strings.Cut(string(ours), "<log4j.version>")
	version, _, _ := strings.Cut(after, "<")
	assert.Contains(t, string(pom), "<log4j.version>"+version+"</log4j.version>")
}

func TestOpponentsScriptsAreShell(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"apache", "flags", "stock", "train"} {
		out, err := exec.Command("sh", "-n", "opponents/bin/"+name).CombinedOutput()
		assert.NoError(t, err, "%s: %s", name, out)
	}
}
