package plugin

import (
	"encoding/json"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
)

// What programs in any language see of topics, quotas and users.
func TestSchemaOfTopics(t *testing.T) {
	t.Parallel()
	s, err := Serve("")
	require.NoError(t, err)
	defer s.Close()
	answer, err := engine(t, s).GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	var schema struct {
		Resources map[string]struct {
			Description    string
			RequiredInputs []string
			Properties     map[string]struct{ Description string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer.Schema), &schema))
	place := []string{"bootstrapServers", "context", "namespace", "statefulSet"}
	for kind, more := range map[string][]string{"Topic": {"name"}, "Quota": nil, "User": {"name", "authentication"}} {
		resource := schema.Resources["kafka-kraft:kafka:"+kind]
		assert.NotEmpty(t, resource.Description, kind)
		assert.ElementsMatch(t, append(more, place...), resource.RequiredInputs, kind)
		for name, property := range resource.Properties {
			assert.NotEmpty(t, property.Description, "%s of %s", name, kind)
		}
	}
}

// A topic as the engine goes through it, in a cluster that is stopped and in one that does not
// answer.
func TestTopicThroughTheEngine(t *testing.T) {
	t.Parallel()
	s, err := Serve(fakekube.New(t).Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	run := engine(t, s)
	const kind = "kafka-kraft:kafka:Topic"
	const urn = "urn:pulumi:s::p::" + kind + "::orders"
	inputs := func(more map[string]any) *structpb.Struct {
		all := map[string]any{
			"context": "here", "namespace": "n", "statefulSet": fakekube.Set, "bootstrapServers": "kafka-bootstrap.n.svc:9092", "name": "orders",
		}
		for key, value := range more {
			all[key] = value
		}
		made, err := structpb.NewStruct(all)
		require.NoError(t, err)
		return made
	}
	bad, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: inputs(map[string]any{"name": "a/b"})})
	require.NoError(t, err)
	require.Len(t, bad.Failures, 1)

	news := inputs(map[string]any{"stopped": true, "partitions": 3, "configs": map[string]any{"retention.ms": "1"}})
	checked, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: news})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	made, err := run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "orders", Type: kind, Properties: checked.Inputs})
	require.NoError(t, err)
	assert.Equal(t, "here/kafka-bootstrap.n.svc:9092/orders", made.Id)
	assert.Equal(t, true, made.Properties.AsMap()["pending"])
	diff := func(now *structpb.Struct) []string {
		answer, err := run.Diff(t.Context(), &pulumirpc.DiffRequest{Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: now})
		require.NoError(t, err)
		var changed []string
		for name := range answer.DetailedDiff {
			changed = append(changed, name)
		}
		return changed
	}
	assert.Empty(t, diff(inputs(map[string]any{"stopped": true, "partitions": 6})))
	assert.ElementsMatch(t, []string{"pending", "partitions", `configs["retention.ms"]`, `configs["flush.ms"]`},
		diff(inputs(map[string]any{"partitions": 6, "configs": map[string]any{"flush.ms": "1"}})))

	// There are brokers, and none answers: a preview goes on.
	_, err = run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "orders", Type: kind, Properties: inputs(nil), Preview: true})
	require.NoError(t, err)
	_, err = run.Read(t.Context(), &pulumirpc.ReadRequest{Id: "orders", Urn: urn, Type: kind})
	require.ErrorContains(t, err, "imported as CONTEXT/BOOTSTRAP_SERVERS/NAME")
	_, err = run.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: made.Id, Urn: urn, Type: kind, Properties: made.Properties})
	require.NoError(t, err)
	_, err = run.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: made.Id, Urn: urn, Type: kind, Properties: inputs(nil)})
	require.ErrorContains(t, err, "topic orders is protected")
}
