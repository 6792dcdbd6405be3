package automation

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// configs are configurations in which any field may differ from its default. Texts
// are such as YAML or JSON could take for something else.
func configs() *rapid.Generator[config.Config] {
	words := rapid.SampledFrom([]string{"a", "true", "12", "null", "1e3", "a: b", "'", "#x", "ü", " ", "a.b[0]", "{}", "-Da=b -Xlog:gc"})
	quantities := rapid.SampledFrom([]config.Quantity{"1", "0.5", "250m", "1Gi", "64Mi"})
	maps := rapid.MapOfN(words, words, 1, 3)
	return rapid.Custom(func(t *rapid.T) config.Config {
		c := config.Default()
		c.Context = "kafka-kraft-local"
		if rapid.Bool().Draw(t, "separated") {
			c.Topology, c.Storage.Mode = topology.Separated, config.PerPod
			c.Brokers = rapid.IntRange(1, 9).Draw(t, "brokers")
			c.Controllers = rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "controllers")
		}
		c.Metrics = rapid.Bool().Draw(t, "metrics")
		c.Protect = rapid.Bool().Draw(t, "protect")
		if c.Storage.Mode == config.PerPod {
			c.RetainData = rapid.Bool().Draw(t, "retainData")
		}
		c.TerminationGraceSeconds = rapid.IntRange(630, 900).Draw(t, "grace")
		if rapid.Bool().Draw(t, "waive") {
			c.Waive = []string{"image-digest"}
		}
		if rapid.Bool().Draw(t, "image") {
			c.Image = "registry.example/kafka@sha256:0123"
		}
		odd := rapid.Bool().Draw(t, "odd") // most of such texts make a configuration that is refused
		if odd && rapid.Bool().Draw(t, "broker") {
			c.Broker.CPURequest = quantities.Draw(t, "cpu")
			c.Broker.JVMOptions = words.Draw(t, "jvm")
			c.Broker.Properties = maps.Draw(t, "properties")
		}
		if odd && rapid.Bool().Draw(t, "scheduling") {
			c.Scheduling.SpreadKey = ""
			c.Scheduling.NodeSelector = maps.Draw(t, "selector")
			c.Scheduling.Tolerations = []config.Toleration{{Key: words.Draw(t, "key"), Operator: "Exists"}}
		}
		return c
	})
}

// asWritten writes a configuration to a stack's file and reads the file as Pulumi
// hands it to the program.
func asWritten(t require.TestingT, folder string, c config.Config) map[string]string {
	keys, err := settings(c)
	require.NoError(t, err)
	file := filepath.Join(folder, "Pulumi.test.yaml")
	require.NoError(t, (&workspace.ProjectStack{Config: keys}).Save(file))
	read, err := stackfile.Read(file)
	require.NoError(t, err)
	return read
}

func TestSettingsAreTheConfiguration(t *testing.T) {
	folder := t.TempDir()
	kubeconfig := filepath.Join(folder, "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("contexts: [{name: kafka-kraft-local}]\n"), 0o600))
	t.Setenv("KUBECONFIG", kubeconfig)
	loaded := 0
	rapid.Check(t, func(t *rapid.T) {
		c := configs().Draw(t, "config")
		written := asWritten(t, folder, c)
		parsed, err := config.Parse(written)
		require.NoError(t, err)
		require.Equal(t, c, parsed)
		if c.Problems() != nil {
			return // Load would refuse it
		}
		loaded++
		_, err = record.Run(written, func(ctx *pulumi.Context) error {
			found, err := stacks.Load(ctx)
			require.Equal(t, c, found)
			return err
		})
		require.NoError(t, err)
	})
	t.Logf("%d of the drawn configurations were valid", loaded)
	assert.Positive(t, loaded, "no drawn configuration was valid")
}

// A default that is not written down can get better with a later release.
func TestDefaultsAreNotWritten(t *testing.T) {
	c := config.Default()
	c.Context = "x"
	c.Broker.Heap = "1Gi"
	assert.Equal(t, map[string]string{"kafka-kraft:context": "x", "kafka-kraft:broker": `{"heap":"1Gi"}`}, asWritten(t, t.TempDir(), c))
}
