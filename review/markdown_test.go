package review

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
)

// go test ./review -update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, plan *Plan, findings ...Finding) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, plan.Markdown(&text, findings...))
	file := "testdata/" + name + ".md"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text.String()), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text.String(), "\n")); diff != "" {
		t.Errorf("the Markdown has changed; if that is meant: go test ./review -update\n%s", diff)
	}
	return text.String()
}

func configured(number int) m {
	return m{"data": m{"server.properties": fmt.Sprintf("a=1\nb=2\nc=3\nd=4\nnum.partitions=%d\nz=9\n", number)}, "metadata": m{"namespace": "n"}}
}

func TestMarkdown(t *testing.T) {
	t.Run("change", func(t *testing.T) {
		plan := &Plan{Stack: "ci", Project: "kafka-kraft", Steps: []Step{
			{Type: configMap, Name: "ci-kafka-broker", Op: Replace, Old: configured(1), New: configured(3), Replaces: []string{"data"}},
			{Type: statefulSet, Name: "ci-kafka-broker", Op: Update, Old: pool(3, "-Xmx1g"), New: pool(3, "-Xmx2g")},
			{Type: "kubernetes:core/v1:Secret", Name: "keys", Op: Update, Old: m{"data": Secret}, New: m{"data": Secret}, Diffs: []string{"data"}},
			{Type: "kubernetes:core/v1:Service", Name: "new", Op: Create, New: m{}},
			{Type: "kubernetes:core/v1:Service", Name: "old", Op: Same, Old: m{}, New: m{}},
		}}
		text := golden(t, "change", plan)
		assert.NotContains(t, text, "CAUTION", "nothing here is dangerous")
	})
	t.Run("danger", func(t *testing.T) {
		controllers := pool(3, "a")
		walk.Object(walk.At(controllers, "spec", "template", "metadata"))["labels"] = m{"kafka-controller": "true"}
		plan := &Plan{Stack: "ci", Project: "kafka-kraft", Steps: []Step{
			{Type: statefulSet, Name: "kafka", Op: Replace, Old: pool(3, "a"), New: pool(3, "a"), Replaces: []string{"spec.serviceName"}, DeleteFirst: true},
			{Type: "kubernetes:core/v1:PersistentVolumeClaim", Name: "claim", Op: Delete, Old: m{}, Protected: true},
			{Type: "kubernetes:core/v1:Namespace", Name: "namespace", Op: Delete, Old: m{}, Retained: true},
			{Type: configMap, Name: "c", Op: Delete, Old: m{}, Leftover: true},
			{Type: statefulSet, Name: "controllers", Op: Delete, Old: controllers},
		}}
		golden(t, "danger", plan,
			Finding{Rule: "data-stays", Resource: "StatefulSet kafka", Problem: "would be replaced", Reason: "Records are lost."},
			Finding{Rule: "data-stays", Resource: "PersistentVolumeClaim claim", Problem: "would be deleted", Reason: "Records are lost."},
			Finding{Rule: "image-digest", Resource: "StatefulSet kafka", Problem: `image "<kafka>" has no digest`, Reason: "Tags move.", Waived: true},
		)
	})
	t.Run("nothing", func(t *testing.T) {
		golden(t, "nothing", &Plan{Stack: "dev", Project: "kafka-kraft", Steps: []Step{{Type: statefulSet, Name: "kafka", Op: Same, Old: m{}, New: m{}}},
			Diagnostics: []Diagnostic{{Severity: "warning", Message: "a plugin\nis old"}}})
	})
	t.Run("announced", func(t *testing.T) {
		gate := func(kind string) string {
			return "urn:pulumi:ci::kafka-kraft::kafka-kraft:kafka:Cluster$kafka-kraft:ops:" + kind + "::ci-kafka-broker"
		}
		golden(t, "announced", &Plan{Stack: "ci", Project: "kafka-kraft", Announced: []Diagnostic{
			{Severity: "info", URN: gate("Membership"), Message: "broker 3 is forgotten"},
			{Severity: "info", URN: gate("Evacuation"), Message: "broker 3: 37 replicas, 12.4 GiB\nto <0, 1, 2>"},
			{Severity: "info", URN: gate("Evacuation"), Message: "broker 4: 1 replica"},
		}})
	})
	t.Run("failed", func(t *testing.T) {
		golden(t, "failed", &Plan{Stack: "dev", Project: "kafka-kraft", Failed: true, Diagnostics: []Diagnostic{
			{Severity: "error", Message: "stack dev: the configuration has 1 problem:\n  kafka-kraft:brokers: 0"},
			{Severity: "warning", URN: setURN, Message: "cluster <unreachable>"},
		}})
	})
}

// Two pools roll side by side, and that is said.
func TestMarkdownRollsTogether(t *testing.T) {
	plan := &Plan{Steps: []Step{
		{Type: statefulSet, Name: "a", Op: Update, Old: pool(3, "a"), New: pool(3, "b")},
		{Type: statefulSet, Name: "b", Op: Update, Old: pool(3, "a"), New: pool(3, "b")},
	}}
	var text strings.Builder
	require.NoError(t, plan.Markdown(&text))
	assert.Contains(t, text.String(), "These 2 roll at the same time")
}

// A comment on GitHub has a limit; what does not fit is counted, and what is
// dangerous is never what does not fit.
func TestMarkdownIsBounded(t *testing.T) {
	plan := &Plan{Stack: "large"}
	for i := range 500 {
		plan.Steps = append(plan.Steps, Step{
			Type: configMap, Name: fmt.Sprintf("c%d", i), Op: Update,
			Old: m{"data": m{"x": strings.Repeat("a\n", 500)}}, New: m{"data": m{"x": strings.Repeat("b\n", 500)}},
		})
	}
	plan.Steps = append(plan.Steps, Step{Type: statefulSet, Name: "zzz", Op: Delete, Old: m{}})
	var text strings.Builder
	require.NoError(t, plan.Markdown(&text))
	assert.Less(t, text.Len(), 65_000)
	assert.Contains(t, text.String(), "**delete** StatefulSet <code>zzz</code>")
	assert.Regexp(t, `\d+ changes left out here`, text.String())
}

// What a diff says cannot end the block that it stands in.
func TestBlock(t *testing.T) {
	assert.Equal(t, "````diff\n+ ```\n````\n\n", block("diff", "+ ```"))
}
