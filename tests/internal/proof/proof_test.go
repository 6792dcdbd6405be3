package proof

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/proof.md anew from the results")

// The page in the repository is the one that the results make; go test ./tests/internal/proof -update makes it so.
func TestPageBelongsToTheResults(t *testing.T) {
	t.Parallel()
	const resultsFile, pageFile = "../../faults/results.json", "../../../docs/proof.md"
	results, err := Read(resultsFile)
	require.NoError(t, err)
	if *update {
		require.NoError(t, Write(resultsFile, pageFile, results))
	}
	page, err := os.ReadFile(pageFile)
	require.NoError(t, err)
	assert.Equal(t, Page(results), string(page))
}

func some() Result {
	r := Result{
		Case: "all-killed", Fault: "all die", Rounds: 1, Seed: 7, Records: 900, Date: time.Date(2026, 11, 29, 1, 2, 3, 0, time.UTC),
		Commit: "abc1234", Machine: "2 processors",
	}
	r.Saw("all ready", 20*time.Second, 12*time.Second)
	r.Saw("all ready", 20*time.Second, 9040*time.Millisecond)
	r.Saw("all ready", 20*time.Second, 14*time.Second)
	r.Saw("slowest write", 0, 3*time.Second)
	return r
}

func TestPage(t *testing.T) {
	t.Parallel()
	late, broken := some(), some()
	late.Case, broken.Case = "late", "broken"
	late.Saw("all ready", 20*time.Second, 21*time.Second)
	broken.Failed, broken.Measures, broken.Machine = true, nil, "4 processors"
	page := Page([]Result{some(), late, broken})
	for _, line := range []string{
		"| `all-killed` | all die | all ready | 20s | 12s, 14s of 3 | 900 | held | 2026-11-29 | abc1234 | 1, 7 |\n",
		"|  |  | slowest write | – | 3s, 3s of 1 | 900 | held | 2026-11-29 | abc1234 | 1, 7 |\n",
		"| `late` | all die | all ready | 20s | 14s, 21s of 4 | 900 | held, bound **missed** | 2026-11-29 | abc1234 | 1, 7 |\n",
		"| `broken` | all die | – | – | – | 900 | **failed** | 2026-11-29 | abc1234 | 1, 7 |\n",
		"\nOn 2 processors, and on 4 processors.\n",
	} {
		assert.Contains(t, page, line)
	}
	columns := 0
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "|") {
			if columns == 0 {
				columns = strings.Count(line, "|")
			}
			assert.Equal(t, columns, strings.Count(line, "|"), line)
		}
	}
	assert.Contains(t, Page(nil), "No case has run yet.")
}

func TestOnlyWhatRanIsReplaced(t *testing.T) {
	t.Parallel()
	names := []string{"first", "all-killed", "last"}
	first, last, gone := some(), some(), some()
	first.Case, last.Case, gone.Case = "first", "last", "gone"
	old := []Result{gone, last, some()}
	fresh := some()
	fresh.Records = 1
	assert.Equal(t, []Result{fresh, last}, Merge(old, fresh, names))
	assert.Equal(t, []Result{first, some(), last}, Merge(old, first, names))
	assert.Equal(t, []Result{gone, last, some()}, old, "the old list stays")
}

func TestResultsComeBackFromTheirFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file := filepath.Join(folder, "results.json")
	none, err := Read(file)
	require.NoError(t, err)
	assert.Empty(t, none)
	require.NoError(t, Write(file, filepath.Join(folder, "page.md"), []Result{some()}))
	back, err := Read(file)
	require.NoError(t, err)
	assert.Equal(t, Page([]Result{some()}), Page(back))
	page, err := os.ReadFile(filepath.Join(folder, "page.md"))
	require.NoError(t, err)
	assert.Equal(t, Page(back), string(page))
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	_, err = Read(file)
	require.ErrorContains(t, err, file)
}
