package faults_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// Where results are kept, below the checkout.
const (
	resultsFile = "tests/faults/results.json"
	pageFile    = "docs/proof.md"
)

// page is docs/proof.md and the results that it is made of.
type page struct {
	results []proof.Result
	commit  string
	folder  string
}

func newPage(t *testing.T) *page {
	t.Helper()
	p := &page{folder: kit.Repo(t)}
	var err error
	p.results, err = proof.Read(filepath.Join(p.folder, resultsFile))
	require.NoError(t, err)
	p.commit = p.git(t, "rev-parse", "--short=9", "HEAD")
	if p.git(t, "status", "--porcelain", "--", ".", ":!"+resultsFile, ":!"+pageFile) != "" {
		p.commit += "+"
	}
	return p
}

func (p *page) git(t *testing.T, arguments ...string) string {
	t.Helper()
	out, err := exec.Command("git", append([]string{"-C", p.folder}, arguments...)...).Output()
	require.NoError(t, err, "git %v", arguments)
	return strings.TrimSpace(string(out))
}

// put takes the result of a case, and writes at once, so that a run that is stopped has not
// been in vain.
func (p *page) put(t *testing.T, r proof.Result) {
	t.Helper()
	r.Date, r.Commit, r.Machine = time.Now().UTC().Truncate(time.Second), p.commit, bench.ThisMachine().String()
	var names []string
	for _, f := range faults {
		names = append(names, f.name)
	}
	p.results = proof.Merge(p.results, r, names)
	require.NoError(t, proof.Write(filepath.Join(p.folder, resultsFile), filepath.Join(p.folder, pageFile), p.results))
	fmt.Fprintf(os.Stdout, "%s: %d records checked, %d measures; all results: %s\n", r.Case, r.Records, len(r.Measures), pageFile)
}
