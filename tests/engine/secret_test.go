package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestSecretsAreRefused: a value set with --secret is told by its key, and is neither in
// what the engine says, nor in a review, nor in the state.
func TestSecretsAreRefused(t *testing.T) {
	const secret = "hunter2"
	for key, named := range map[string]string{
		`broker.properties["ssl.key.password"]`:     "broker", // one value of an object
		`controller.properties["ssl.key.password"]`: "controller",
		"broker.jvmOptions":                         "broker",
		"clusterName":                               "clusterName",
		"scheduling.tolerations[0].value":           "scheduling",
		"waive[0]":                                  "waive",
	} {
		t.Run(key, func(t *testing.T) {
			withoutCluster(t)
			w := kit.NewWorkspace(t, "kk-test-secret", "ci", nil)
			require.NoError(t, w.SetConfigWithOptions(t.Context(), stacks.Namespace+":"+key,
				auto.ConfigValue{Value: secret, Secret: true}, &auto.ConfigOptions{Path: true}))

			var said strings.Builder
			plan, err := planOf(t, w.Stack, optpreview.ProgressStreams(&said), optpreview.Diff())
			require.Error(t, err)
			said.WriteString(markdown(t, plan))
			fmt.Fprint(&said, plan.Steps, plan.Diagnostics, plan.Config)
			assert.Contains(t, said.String(), "kafka-kraft:"+named+": holds a secret")

			_, err = w.Up(t.Context(), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
			require.ErrorContains(t, err, "kafka-kraft:"+named+": holds a secret")
			state, err := w.Export(t.Context())
			require.NoError(t, err)
			said.Write(state.Deployment)
			assert.NotContains(t, said.String(), secret)
			assert.NotContains(t, said.String(), "kubernetes:apps", "nothing is made")

			// Another program that opens the same folder is told the same.
			env := w.Workspace().GetEnvVars()
			_, err = automation.Open(t.Context(), "kk-test-secret", automation.Options{
				Dir: w.Workspace().WorkDir(), Backend: env["PULUMI_BACKEND_URL"], Passphrase: env["PULUMI_CONFIG_PASSPHRASE"],
			})
			require.ErrorIs(t, err, automation.ErrConfig)
			var problems config.Problems
			require.ErrorAs(t, err, &problems)
			assert.Equal(t, named, problems[0].Key)
			assert.NotContains(t, err.Error(), secret)
		})
	}
}

// TestSecretsAreRefusedByTheCommandLine: so it is with Pulumi's own language host, which
// hands the keys over in another way.
func TestSecretsAreRefusedByTheCommandLine(t *testing.T) {
	withoutCluster(t)
	cli := kit.NewCheckout(t)
	const stack, secret = "kk-test-secret-cli", "hunter2"
	cli.CopyStack("ci", stack)
	cli.Run("pulumi", "stack", "init", stack)
	cli.Run("pulumi", "config", "set", "--secret", "--path", `broker.properties["ssl.key.password"]`, secret)
	text := cli.Run("sh", "-c", "pulumi preview --diff 2>&1; pulumi stack export 2>&1; cat Pulumi."+stack+".yaml")
	assert.Contains(t, text, "kafka-kraft:broker: holds a secret")
	assert.NotContains(t, text, secret)
}
