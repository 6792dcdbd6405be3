package bench_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/bench"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// preparePreview compares `pulumi preview` as this project sets it up with Pulumi's default for Go programs.
func preparePreview(t *testing.T, _ bool) plan {
	t.Helper()
	const project, stack = "Pulumi.yaml", "kk-test-preview"
	checkout := kit.NewCheckout(t)
	checkout.CopyStack("ci", stack)
	checkout.Run("pulumi", "stack", "init", stack)
	for key, value := range map[string]string{"namespace": stack, "external.basePort": "31092"} {
		checkout.Run("pulumi", "config", "set", "--path", key, value, "--stack", stack)
	}
	path := filepath.Join(checkout.Dir(), project)
	own := read(t, path, 0).text
	previews := func(text string) func(*testing.T) sample {
		return func(t *testing.T) sample {
			require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
			begin := time.Now()
			checkout.Run("pulumi", "preview", "--stack", stack, "--non-interactive")
			return sample{"time": time.Since(begin).Seconds()}
		}
	}
	const theirs = "Pulumi's default, build on run"
	return plan{
		how: "pulumi preview of stack ci as a new stack, from the command line, against the local cluster, with nothing " +
			"changed since the run before.",
		rehearsals: 1,
		versions: map[string]string{
			"pulumi": strings.TrimSpace(checkout.Run("pulumi", "version")), "go": runtime.Version(),
		},
		sides: []side{
			{nameOurs, "Pulumi.yaml as it is", previews(own)},
			{theirs, "the same with `runtime: go` and no option, so that the language host builds the program at every run", previews(byDefault(t, own))},
		},
		rows: []row{{what: "warm pulumi preview, stack ci", figure: "time", unit: "s", theirs: theirs, aim: bench.Aim{Ratio: 0.40}}},
	}
}

// byDefault is the project file without options for the runtime.
func byDefault(t *testing.T, text string) string {
	t.Helper()
	var project map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(text), &project))
	project["runtime"] = "go"
	plain, err := yaml.Marshal(project)
	require.NoError(t, err)
	return string(plain)
}
