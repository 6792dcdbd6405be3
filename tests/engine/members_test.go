package engine

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// TestGateOfVoters takes the gate of controllers that come and go through the real engine, with a
// Kubernetes that has the pool and no Kafka that answers.
func TestGateOfVoters(t *testing.T) {
	kit.Engine(t)
	t.Setenv("KUBECONFIG", fakekube.New(t).Kubeconfig(t, kit.Context))
	voters, timeout := []int{0}, "1m"
	place := gates.Place{
		Context: kit.Context, Plan: topology.Plan{Name: fakekube.Set, Namespace: "n"}.Separated(topology.Pool{Replicas: 1}, topology.Pool{}),
		Pool: topology.Pool{Name: fakekube.Set, Replicas: 1},
	}
	stack, err := auto.UpsertStackInlineSource(t.Context(), "kk-test-voters", "kafka-kraft", func(ctx *pulumi.Context) error {
		_, err := gates.NewQuorum(ctx, "kafka", &gates.QuorumArgs{Place: place, Voters: voters},
			pulumi.Timeouts(&pulumi.CustomTimeouts{Create: timeout, Update: timeout}))
		return err
	}, auto.EnvVars(kit.InlineEnv(t)))
	require.NoError(t, err)
	up := func() (string, error) {
		var said strings.Builder
		_, err := stack.Up(t.Context(), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
		return said.String(), err
	}

	// The first up asks no Kafka.
	text, err := up()
	require.NoError(t, err, text)
	assert.NotContains(t, text, "no broker can be asked")

	// None goes: what comes next is let through, and the gate is gone through again.
	voters = []int{0, 1, 2}
	text, err = up()
	require.NoError(t, err, text)
	assert.Contains(t, text, "no broker can be asked who votes, so that is left to the next up")
	preview, err := stack.Preview(t.Context(), optpreview.SuppressProgress())
	require.NoError(t, err)
	assert.Equal(t, 1, preview.ChangeSummary[apitype.OpUpdate], "of no input: %s", preview.StdOut)

	// Some go: the gate stays shut.
	voters = []int{0}
	text, err = up()
	require.NoError(t, err, "it last stood open for this one alone: %s", text)
	voters, timeout = []int{}, "5s"
	text, err = up()
	require.Error(t, err)
	assert.Contains(t, text, "kafka does not answer")
	_, err = stack.Destroy(t.Context())
	require.NoError(t, err, "deleting a gate asks nobody")
}

// TestGatesOfMembers takes the gates before and behind a pool of one broker through the real
// engine, with a Kubernetes that has the pool and no Kafka that answers.
func TestGatesOfMembers(t *testing.T) {
	kit.Engine(t)
	t.Setenv("KUBECONFIG", fakekube.New(t).Kubeconfig(t, kit.Context))
	keep, timeout := []int{0}, "1m"
	place := gates.Place{
		Context: kit.Context, Plan: topology.Plan{Name: fakekube.Set, Namespace: "n"}.Combined(topology.Pool{Replicas: 1}),
		Pool: topology.Pool{Name: fakekube.Set, Replicas: 1},
	}
	stack, err := auto.UpsertStackInlineSource(t.Context(), "kk-test-members", "kafka-kraft", func(ctx *pulumi.Context) error {
		limit := pulumi.Timeouts(&pulumi.CustomTimeouts{Create: timeout, Update: timeout})
		before, err := gates.NewEvacuation(ctx, "kafka", &gates.EvacuationArgs{Place: place, Keep: keep}, limit)
		if err != nil {
			return err
		}
		_, err = gates.NewMembership(ctx, "kafka", &gates.MembershipArgs{Place: place, Brokers: []int{0}}, limit,
			pulumi.DependsOn([]pulumi.Resource{before}))
		return err
	}, auto.EnvVars(kit.InlineEnv(t)))
	require.NoError(t, err)
	up := func() (string, error) {
		var said strings.Builder
		_, err := stack.Up(t.Context(), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
		return said.String(), err
	}
	preview := func(ctx context.Context) (string, map[apitype.OpType]int, error) {
		var said strings.Builder
		result, err := stack.Preview(ctx, optpreview.ProgressStreams(&said), optpreview.ErrorProgressStreams(&said))
		return said.String(), result.ChangeSummary, err
	}

	// The first up asks no Kafka.
	text, err := up()
	require.NoError(t, err, text)
	text, changes, err := preview(t.Context())
	require.NoError(t, err, text)
	assert.Zero(t, changes[apitype.OpUpdate], text)

	// Nobody leaves: what comes next is let through, and the gate is gone through again.
	keep = []int{0, 1}
	text, err = up()
	require.NoError(t, err, text)
	assert.Contains(t, text, "no pod is to go, so nothing is waited for")
	text, changes, err = preview(t.Context())
	require.NoError(t, err, text)
	assert.Equal(t, 1, changes[apitype.OpUpdate], "of no input: %s", text)
	assert.Contains(t, text, "Kafka cannot be asked, so what would be done is not known")

	// What cannot be is refused by the preview, with all reasons.
	keep = []int{0, 0, 2000}
	text, _, err = preview(t.Context())
	require.Error(t, err)
	assert.Contains(t, text, "broker 0 is named twice")
	assert.Contains(t, text, "broker 2000 is not in the range of ids 0 to 999")

	// Somebody leaves: the gate stays shut, and what it stands before is not touched.
	keep, timeout = []int{}, "5s"
	text, err = up()
	require.Error(t, err)
	assert.Contains(t, text, "kafka does not answer")
	assert.NotContains(t, text, "Membership kafka updat")

	// Changed mind.
	keep, timeout = []int{0}, "1m"
	text, err = up()
	require.NoError(t, err, text)
	_, err = stack.Destroy(t.Context())
	require.NoError(t, err, "deleting a gate asks nobody")
}
