package cluster

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// precious are the kinds whose replacement would cost records or an outage.
var precious = []string{
	"kubernetes:apps/v1:StatefulSet",
	"kubernetes:core/v1:PersistentVolume",
	"kubernetes:core/v1:PersistentVolumeClaim",
	"kubernetes:core/v1:Namespace",
	"random:index/randomId:RandomId",
}

// changeable are configurations that a live stack may take on. Each is previewed by
// itself, with as many keys as go together: a resource that would be replaced tells by
// its differences which of them is to blame.
var changeable = []kit.Config{
	{"stopped": "true"},
	{
		"metrics": "true", "protect": "true", "minInSyncReplicas": "1",
		"broker.heap": "448Mi", "broker.memoryLimit": "1536Mi", "broker.cpuRequest": "100m",
		"broker.jvmOptions":                           "-XX:MaxGCPauseMillis=50",
		`broker.properties["num.partitions"]`:         "6",
		`scheduling.nodeSelector["kubernetes.io/os"]`: "linux",
		"probes.periodSeconds":                        "7",
		"terminationGraceSeconds":                     "900",
		"imagePullPolicy":                             "Always",
		"timeout":                                     "7m",
	},
	{"metrics": "false", "networkPolicy": "false", "scheduling.antiAffinity": "none"},
}

// mustKeepWhatIsPrecious previews each change on a live stack. It either leaves the
// precious resources in their place, or is refused before it touches anything.
func mustKeepWhatIsPrecious(t *testing.T, w *kit.Workspace, refused []kit.Config) {
	t.Helper()
	for _, change := range changeable {
		steps := try(t, w, change, func(err error) { require.NoError(t, err, "%v", change) })
		for urn, step := range steps {
			if strings.Contains(strings.Join(precious, " "), step.Type) {
				assert.NotContains(t, string(step.Op), "replace", "%v would replace %s because of %v", change, urn, step.Diffs)
				assert.NotContains(t, string(step.Op), "delete", "%v would delete %s", change, urn)
			}
		}
	}
	for _, change := range refused {
		steps := try(t, w, change, func(err error) {
			for key := range change {
				assert.ErrorContains(t, err, "kafka-kraft:"+key, "%v", change)
			}
		})
		for urn, step := range steps {
			if step.Type != "pulumi:pulumi:Stack" {
				assert.Contains(t, []apitype.OpType{apitype.OpSame, apitype.OpRead}, step.Op, "%v is refused, yet would touch %s", change, urn)
			}
		}
	}
	t.Logf("%d changes keep what is precious, %d are refused", len(changeable), len(refused))
}

// try previews a change and takes it back.
func try(t *testing.T, w *kit.Workspace, change kit.Config, check func(error)) map[string]apitype.StepEventMetadata {
	t.Helper()
	before, err := w.Workspace().StackSettings(t.Context(), w.Name())
	require.NoError(t, err)
	saved := *before
	w.Set(t, change)
	steps, err := w.Steps(t)
	check(err)
	require.NoError(t, w.Workspace().SaveStackSettings(t.Context(), w.Name(), &saved))
	return steps
}
