package engine

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/topics"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// home is a component that stands for a cluster.
type home struct{ pulumi.ResourceState }

// TestTopicsWithoutKafka takes topics through the real engine, with a Kubernetes that has brokers
// of which none answers.
func TestTopicsWithoutKafka(t *testing.T) {
	kit.Engine(t)
	t.Setenv("KUBECONFIG", fakekube.New(t).Kubeconfig(t, kit.Context))
	name, partitions, stopped, there := "orders", 3, true, true
	stack, err := auto.UpsertStackInlineSource(t.Context(), "kk-test-topics", "kafka-kraft", func(ctx *pulumi.Context) error {
		cluster := &home{}
		if err := ctx.RegisterComponentResource("test:index:Home", "cluster", cluster); err != nil || !there {
			return err
		}
		var topic pulumi.CustomResourceState
		return ctx.RegisterResource(topics.TopicType, "orders", pulumi.Map{
			"context": pulumi.String(kit.Context), "namespace": pulumi.String("n"), "statefulSet": pulumi.String(fakekube.Set),
			"bootstrapServers": pulumi.String("kafka-bootstrap.n.svc.cluster.local:9092"),
			"name":             pulumi.String(name), "partitions": pulumi.Int(partitions), "stopped": pulumi.Bool(stopped),
		}, &topic, pulumi.Parent(cluster), pulumi.DeletedWith(cluster))
	}, auto.EnvVars(kit.InlineEnv(t)))
	require.NoError(t, err)
	up := func() (string, error) {
		var said strings.Builder
		_, err := stack.Up(t.Context(), optup.ProgressStreams(&said), optup.ErrorProgressStreams(&said))
		return said.String(), err
	}
	preview := func() (string, int, error) {
		var said strings.Builder
		result, err := stack.Preview(t.Context(), optpreview.ProgressStreams(&said), optpreview.ErrorProgressStreams(&said))
		return said.String(), result.ChangeSummary[apitype.OpUpdate] + result.ChangeSummary[apitype.OpReplace], err
	}

	// Stopped: it is made later, and nothing differs meanwhile.
	text, err := up()
	require.NoError(t, err, text)
	assert.Contains(t, text, "stopped; it is made when the cluster runs again")
	partitions = 6
	text, changes, err := preview()
	require.NoError(t, err, text)
	assert.Zero(t, changes, text)
	assert.Contains(t, text, "what differs waits until the cluster runs again")
	stopped = false
	text, changes, err = preview()
	require.NoError(t, err, text)
	assert.Equal(t, 1, changes, text)
	_, diagnostics, _ := strings.Cut(text, "Diagnostics:") // the rows above them say it, too
	assert.Equal(t, 1, strings.Count(diagnostics, "Kafka cannot be asked, so nothing is known of topics and quotas"), text)

	// As after an up with a Kafka.
	exported, err := stack.Export(t.Context())
	require.NoError(t, err)
	made := bytes.ReplaceAll(exported.Deployment, []byte(`"pending":true`), []byte(`"pending":false`))
	made = bytes.ReplaceAll(made, []byte(`"pending": true`), []byte(`"pending": false`))
	require.NotEqual(t, string(exported.Deployment), string(made))
	exported.Deployment = json.RawMessage(made)
	require.NoError(t, stack.Import(t.Context(), exported))
	partitions = 3
	text, changes, err = preview()
	require.NoError(t, err, text)
	assert.Zero(t, changes, text)
	_, err = stack.Refresh(t.Context())
	require.NoError(t, err, "what cannot be looked at stays as it is")

	// What needs no Kafka to be known is refused by the preview.
	partitions = 2
	text, _, err = preview()
	require.Error(t, err)
	assert.Contains(t, text, "it has 3 partitions, and Kafka never makes them less")
	name, partitions = "other", 3
	text, _, err = preview()
	require.Error(t, err)
	assert.Contains(t, text, "topic orders is protected: a topic cannot be renamed")
	name, there = "orders", false
	text, err = up()
	require.Error(t, err)
	assert.Contains(t, text, "topic orders is protected: its records would go with it")

	// With its cluster it goes, and nobody is asked.
	_, err = stack.Destroy(t.Context())
	require.NoError(t, err)
}
