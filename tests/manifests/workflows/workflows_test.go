package workflows

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/review"
)

// problems are what actionlint has against a workflow.
func problems(t *testing.T, name string, text []byte) string {
	t.Helper()
	var out bytes.Buffer
	linter, err := actionlint.NewLinter(&out, &actionlint.LinterOptions{})
	require.NoError(t, err)
	_, err = linter.Lint(name, text, nil)
	require.NoError(t, err)
	return out.String()
}

// uses is a step that runs somebody else's action.
var uses = regexp.MustCompile(`uses:\s*(\S+)(.*)`)

func unpinned(text string) []string {
	var found []string
	for _, step := range uses.FindAllStringSubmatch(text, -1) {
		if !regexp.MustCompile(`^[\w.-]+/[\w./-]+@[0-9a-f]{40}$`).MatchString(step[1]) || !regexp.MustCompile(`^ # v\d+\.\d+\.\d+$`).MatchString(step[2]) {
			found = append(found, step[0])
		}
	}
	return found
}

func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../../.github/workflows/*.yml")
	require.NoError(t, err)
	require.Len(t, files, 2)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Empty(t, problems(t, file, text))
		assert.Empty(t, unpinned(string(text)), "actions by the commit of a release, whose tag can be moved")
		// Every secret and variable is explained where people look for it.
		head, _, _ := strings.Cut(string(text), "\nname:")
		explained := head
		if strings.HasSuffix(file, "up.yml") {
			preview, err := os.ReadFile("../../../.github/workflows/preview.yml")
			require.NoError(t, err)
			before, _, _ := strings.Cut(string(preview), "\nname:")
			explained += before
		}
		for _, setting := range regexp.MustCompile(`(?:secrets|vars)\.(\w+)`).FindAllStringSubmatch(string(text), -1) {
			assert.Contains(t, explained, setting[1], file)
		}
	}
}

// The comment that tells of no plan is the one that a plan would have been in.
func TestCommentHasTheMark(t *testing.T) {
	text, err := os.ReadFile("../../../.github/workflows/preview.yml")
	require.NoError(t, err)
	plan := review.Plan{Project: "kafka-kraft", Stack: "%s"}
	assert.Contains(t, string(text), "printf '"+plan.Mark()+`\n`)
}

func TestWorkflowsFail(t *testing.T) {
	const good = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo\n"
	assert.Empty(t, problems(t, "good.yml", []byte(good)))
	assert.NotEmpty(t, problems(t, "bad.yml", []byte(strings.Replace(good, "runs-on", "runs", 1))))
	assert.NotEmpty(t, problems(t, "bad.yml", []byte(strings.Replace(good, "echo", "echo ${{ secret.X }}", 1))))
	assert.NotEmpty(t, problems(t, "bad.yml", []byte(strings.Replace(good, "echo", "echo ${{ github.event.pull_request.title }}", 1))), "a title can hold commands")
	for _, step := range []string{"uses: a/b@v7", "uses: a/b@main # v1.2.3", "uses: a/b@" + strings.Repeat("0a", 20)} {
		assert.NotEmpty(t, unpinned(step))
	}
}
