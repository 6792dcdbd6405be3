package automation

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// most is how many modules a program is built from that imports stacks and automation,
// this one included. 134 of them come with stacks, most with Pulumi's SDK; automation
// serves provider kafka-kraft itself, for which it brings pulumi-go-provider, the schema
// package of pulumi/pkg and seven that these need.
const most = 151

// What a program brings in that imports stacks and automation is Pulumi's SDKs, the
// Kubernetes client and franz-go, and what these need: no test, tool or cluster parts.
func TestImportsAreFew(t *testing.T) {
	list := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{.Path}}{{end}}", "./stacks", "./automation")
	list.Dir = kit.Repo(t)
	out, err := list.Output()
	require.NoError(t, err)
	modules := slices.Compact(slices.Sorted(strings.FieldsSeq(string(out))))
	// One library that was cut into pieces is still one.
	modules = slices.DeleteFunc(modules, func(module string) bool { return strings.HasPrefix(module, "github.com/go-openapi/swag/") })
	t.Logf("%d modules", len(modules))
	assert.LessOrEqual(t, len(modules), most, "%s", modules)
	assert.Greater(t, len(modules), 50, "or the question was wrong")
	for _, module := range modules {
		for _, unwanted := range []string{
			"testify", "rapid", "go-cmp", "kube-score", "kubeconform", "pod-security-admission", "k8s.io/kubernetes", "k8s.io/apiserver",
			"kubectl", "terraform", "etcd", "coredns", "docker/docker", "prometheus",
		} {
			assert.NotContains(t, module, unwanted)
		}
	}
}
