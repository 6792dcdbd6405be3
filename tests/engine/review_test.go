package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/policy"
	"github.com/kafka-kraft/kafka-kraft/policy/rule"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// planOf previews a stack and makes a plan of what the engine says.
func planOf(t *testing.T, stack auto.Stack, options ...optpreview.Option) (*review.Plan, error) {
	t.Helper()
	collector := review.NewCollector(nil)
	_, previewed := stack.Preview(t.Context(), append(options, optpreview.EventStreams(collector.Stream()), optpreview.SuppressProgress())...)
	plan, err := collector.Plan()
	if previewed != nil {
		require.Error(t, err, "Pulumi failed and the plan does not say so: %v", previewed)
	}
	return plan, err
}

func markdown(t *testing.T, plan *review.Plan, findings ...review.Finding) string {
	t.Helper()
	var text strings.Builder
	require.NoError(t, plan.Markdown(&text, findings...))
	return text.String()
}

// TestReviewOfStacks: the plans of both stacks, from the real engine, break no rule, and
// rules are waived by what the stack's configuration says.
func TestReviewOfStacks(t *testing.T) {
	pods := map[string]string{
		"dev": "`kafka` (brokers and controllers): `kafka-0`, `kafka-1`, `kafka-2` start, all at once",
		"ci":  "`ci-kafka-controller` (controllers): `ci-kafka-controller-0`, `ci-kafka-controller-1`, `ci-kafka-controller-2` start, all at once",
	}
	for stack, start := range pods {
		t.Run(stack, func(t *testing.T) {
			withoutCluster(t)
			w := kit.NewWorkspace(t, "kk-test-review-"+stack, stack, nil)
			plan, err := planOf(t, w.Stack)
			require.NoError(t, err)
			assert.Equal(t, "kk-test-review-"+stack, plan.Stack)
			assert.Equal(t, "kafka-kraft", plan.Project)
			assert.Empty(t, plan.Replaced())
			assert.Empty(t, plan.Deleted())
			assert.Empty(t, policy.Check(plan, nil))
			assert.Contains(t, markdown(t, plan), start)

			// An image by tag is refused, unless that is waived.
			w.Set(t, kit.Config{"imageContext": "", "imageRegistry": "", "image": "registry.example/kafka:4.4.0"})
			plan, err = planOf(t, w.Stack)
			require.NoError(t, err)
			require.ErrorContains(t, policy.Check(plan, nil).Err(), "has no digest")
			w.Set(t, kit.Config{"waive[0]": rule.ImageDigest})
			plan, err = planOf(t, w.Stack)
			require.NoError(t, err)
			settings, err := config.Parse(plan.Config)
			require.NoError(t, err)
			assert.Equal(t, []string{rule.ImageDigest}, settings.Waive)
			violations := policy.Check(plan, settings.Waive)
			require.NoError(t, violations.Err())
			assert.Contains(t, markdown(t, plan, violations...), "`image-digest` waived")
		})
	}
}

// TestReviewOfFailure: what the program refuses is in the plan and in the Markdown.
func TestReviewOfFailure(t *testing.T) {
	withoutCluster(t)
	w := kit.NewWorkspace(t, "kk-test-review-failed", "dev", kit.Config{"brokers": "2"})
	plan, err := planOf(t, w.Stack)
	require.Error(t, err)
	assert.True(t, plan.Failed)
	assert.Contains(t, markdown(t, plan), "kafka-kraft:brokers")
	assert.Contains(t, markdown(t, plan), "The preview failed")

	// Pulumi does not even begin: nothing is waited for.
	require.NoError(t, os.Remove(filepath.Join(w.Workspace().WorkDir(), "Pulumi.yaml")))
	_, err = planOf(t, w.Stack)
	require.ErrorContains(t, err, "ended early")
}

// TestReviewOfLoss: a replaced or deleted cluster id is seen in the engine's own events,
// and a secret is not.
func TestReviewOfLoss(t *testing.T) {
	const secret = "hunter2"
	program := func(keeper string, ids ...string) pulumi.RunFunc {
		return func(ctx *pulumi.Context) error {
			if _, err := clusterid.New(ctx, "cluster-id", &clusterid.Args{Controllers: ids}); err != nil {
				return err
			}
			_, err := random.NewRandomId(ctx, "other", &random.RandomIdArgs{
				ByteLength: pulumi.Int(2),
				Keepers:    pulumi.ToSecret(pulumi.StringMap{"password": pulumi.String(keeper)}).(pulumi.StringMapOutput),
			})
			return err
		}
	}
	kit.Engine(t)
	stack, err := auto.UpsertStackInlineSource(t.Context(), "kk-test-review-loss", "kafka-kraft",
		program(secret, "kafka-0"), auto.EnvVars(kit.StateEnv(t)))
	require.NoError(t, err)
	_, err = stack.Up(t.Context(), optup.SuppressProgress())
	require.NoError(t, err)

	plan, err := planOf(t, stack)
	require.NoError(t, err)
	assert.False(t, plan.Changed())
	assert.Contains(t, markdown(t, plan), "Nothing would change.")

	// Another keeper replaces an id that nothing depends on.
	stack.Workspace().SetProgram(program(secret+"x", "kafka-0"))
	plan, err = planOf(t, stack)
	require.NoError(t, err)
	require.Len(t, plan.Replaced(), 1)
	assert.Equal(t, "other", plan.Replaced()[0].Name)
	assert.NotEmpty(t, plan.Replaced()[0].Replaces)
	assert.Empty(t, policy.Check(plan, nil))
	text := markdown(t, plan)
	assert.Contains(t, text, "**replace** RandomId <code>other</code>")
	assert.NotContains(t, text, secret)
	before, after := plan.Replaced()[0].Old, plan.Replaced()[0].New
	assert.NotContains(t, fmt.Sprint(before, after), secret)
	assert.Contains(t, fmt.Sprint(before, after), review.Secret)

	// The cluster id is what records lie under.
	stack.Workspace().SetProgram(program(secret, "kafka-0"))
	var id string
	for _, step := range plan.Steps {
		if step.Name == "cluster-id" && step.Type == "random:index/randomId:RandomId" {
			id = step.URN
		}
	}
	plan, err = planOf(t, stack, optpreview.Replace([]string{id}))
	require.NoError(t, err)
	require.ErrorContains(t, policy.Check(plan, nil).Err(), "RandomId cluster-id: would be replaced")
	require.Error(t, plan.FailOn([]review.Op{review.Replace}))

	// A voter less: its directory id would go.
	stack.Workspace().SetProgram(program(secret))
	plan, err = planOf(t, stack)
	require.NoError(t, err)
	require.Len(t, plan.Deleted(), 1)
	require.ErrorContains(t, policy.Check(plan, nil).Err(), "RandomId cluster-id-directory-kafka-0: would be deleted")
	require.NoError(t, policy.Check(plan, []string{rule.DataStays}).Err())
}

// TestPreviewCommand runs the command in a copy of the checkout, as make preview does.
func TestPreviewCommand(t *testing.T) {
	withoutCluster(t)
	cli := kit.NewCheckout(t)
	const stack = "kk-test-review-command"
	cli.CopyStack("ci", stack)
	cli.Run("go", "build", "-o", "kafka-kraft-command", "./cmd/kafka-kraft")
	before := cli.Run("cat", "Pulumi."+stack+".yaml")

	text := cli.Run("./kafka-kraft-command", "preview", "-create", "-stack", stack, "-fail-on", "replace,delete")
	assert.True(t, strings.HasPrefix(text, "<!-- kafka-kraft: preview of kafka-kraft/"+stack+" -->\n"), text)
	assert.Contains(t, text, "Resources: 36 to create.")
	assert.Equal(t, before, cli.Run("cat", "Pulumi."+stack+".yaml"), "Pulumi's salt is in the state alone")

	// The exit code tells an answer from the lack of one.
	exits := func(code string, args ...string) string {
		return cli.Run(append([]string{"sh", "-c", `"$@" 2>&1; test $? = ` + code, "sh", "./kafka-kraft-command", "preview"}, args...)...)
	}
	assert.Contains(t, exits("2", "-stack", stack, "-fail-on", "create", "-output", "review.md"), "the plan would create")
	assert.Contains(t, cli.Run("cat", "review.md"), "Resources: 36 to create.")
	text = exits("1", "-stack", stack, "-output", "review.md", "-set", "brokers=2", "-set", "replicationFactor=3")
	assert.Contains(t, text, "kafka-kraft:replicationFactor")
	assert.Contains(t, cli.Run("cat", "review.md"), "The preview failed")
	assert.Equal(t, before, cli.Run("cat", "Pulumi."+stack+".yaml"), "what cannot work is not kept")
	assert.Contains(t, cli.Run("./kafka-kraft-command", "preview", "-stack", stack, "-set", "brokers=5"), "Resources: 40 to create.")
	assert.Equal(t, before, cli.Run("cat", "Pulumi."+stack+".yaml"), "a preview changes nothing")
	assert.Contains(t, exits("1", "-stack", "kk-test-none"), "kk-test-none")

	// In an empty folder, without a project, the program is the same.
	text = cli.Run("sh", "-c", "mkdir elsewhere && cd elsewhere && ../kafka-kraft-command preview -create -stack "+stack+"-alone "+
		"-context "+kit.Context+" -set topology=separated -set storage.mode=perPod")
	assert.Contains(t, text, "Resources: ")
	assert.Empty(t, cli.Run("ls", "elsewhere"), "nothing is left in the folder")
}
