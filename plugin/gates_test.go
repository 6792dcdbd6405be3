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

// What programs in any language see of the gates.
func TestSchemaOfGates(t *testing.T) {
	t.Parallel()
	s, err := Serve("")
	require.NoError(t, err)
	defer s.Close()
	answer, err := engine(t, s).GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	var schema struct {
		Resources map[string]struct {
			Description     string
			InputProperties map[string]struct{ Description string }
			RequiredInputs  []string
			Properties      map[string]struct{ Description string }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer.Schema), &schema))
	place := []string{"bootstrapServers", "context", "end", "first", "namespace", "statefulSet"}
	for gate, c := range map[string]struct {
		wish     string
		more     []string // optional inputs besides those of a place
		remember []string // outputs besides the inputs
	}{
		"Evacuation": {"keep", []string{"throttle", "concurrency", "oneVolume"}, []string{"opened", "pending"}},
		"Capacity":   {"sizes", []string{"brokers"}, []string{"pending"}},
		"Membership": {"brokers", []string{"throttle", "concurrency", "oneVolume", "rebalance", "generation"}, []string{"opened", "pending"}},
		"Quorum":     {"voters", []string{"listeners", "generation"}, []string{"opened", "pending", "retired"}},
		"Features":   {"release", nil, []string{"opened", "pending"}},
	} {
		resource := schema.Resources["kafka-kraft:ops:"+gate]
		assert.NotEmpty(t, resource.Description, gate)
		assert.ElementsMatch(t, append([]string{c.wish}, place...), resource.RequiredInputs, gate)
		assert.Len(t, resource.InputProperties, len(place)+1+len(c.more)+3, "%s: and externalBootstrapServers, admin, stopped", gate)
		for _, name := range c.more {
			assert.Contains(t, resource.InputProperties, name, gate)
		}
		assert.Len(t, resource.Properties, len(resource.InputProperties)+len(c.remember), gate)
		for _, name := range c.remember {
			assert.Contains(t, resource.Properties, name, gate)
		}
		for name, property := range resource.Properties {
			assert.NotEmpty(t, property.Description, "%s of %s", name, gate)
		}
	}
}

// A gate as the engine goes through it on a first up, with what it keeps and compares.
func TestGateThroughTheEngine(t *testing.T) {
	t.Parallel()
	kube := fakekube.New(t)
	s, err := Serve(kube.Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	run := engine(t, s)
	const kind = "kafka-kraft:ops:Evacuation"
	const urn = "urn:pulumi:s::p::" + kind + "::kafka"
	inputs := func(keep ...any) *structpb.Struct {
		made, err := structpb.NewStruct(map[string]any{
			"context": "here", "namespace": "n", "statefulSet": "not-yet-there", "bootstrapServers": "kafka:9092",
			"first": 1000, "end": 2000, "keep": keep,
		})
		require.NoError(t, err)
		return made
	}
	checked, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: inputs(1000.0, 1001.0)})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	made, err := run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "kafka", Type: kind, Properties: checked.Inputs})
	require.NoError(t, err)
	assert.Equal(t, "n/not-yet-there", made.Id)
	assert.Equal(t, []any{1000.0, 1001.0}, made.Properties.AsMap()["opened"])

	for _, c := range []struct {
		now     *structpb.Struct
		changed map[string]bool
	}{
		{inputs(1000.0, 1001.0), map[string]bool{}},
		{inputs(1000.0), map[string]bool{"keep": true}},
		{inputs(), map[string]bool{"keep": true}},
	} {
		diff, err := run.Diff(t.Context(), &pulumirpc.DiffRequest{
			Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: c.now,
		})
		require.NoError(t, err)
		changed := map[string]bool{}
		for name := range diff.DetailedDiff {
			changed[name] = true
		}
		assert.Equal(t, c.changed, changed)
		assert.Equal(t, len(changed) > 0, diff.Changes == pulumirpc.DiffResponse_DIFF_SOME)
		assert.Empty(t, diff.Replaces)
	}
	updated, err := run.Update(t.Context(), &pulumirpc.UpdateRequest{
		Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: inputs(),
	})
	require.NoError(t, err)
	_, err = run.Read(t.Context(), &pulumirpc.ReadRequest{Id: made.Id, Urn: urn, Type: kind, Inputs: inputs(), Properties: updated.Properties})
	require.NoError(t, err)
	_, err = run.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: made.Id, Urn: urn, Type: kind, Properties: updated.Properties})
	require.NoError(t, err)
}

// Wishes for empty volumes go through the engine as they are; another text is an update in place.
func TestReplacementThroughTheEngine(t *testing.T) {
	t.Parallel()
	s, err := Serve(fakekube.New(t).Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	run := engine(t, s)
	const kind = "kafka-kraft:ops:Replacement"
	const urn = "urn:pulumi:s::p::" + kind + "::kafka"
	inputs := func(token string) *structpb.Struct {
		made, err := structpb.NewStruct(map[string]any{
			"context": "here", "namespace": "n", "statefulSet": "not-yet-there", "bootstrapServers": "kafka:9092",
			"first": 0, "end": 1000, "roles": []any{"broker"},
			"pods": map[string]any{"kafka-1": map[string]any{"token": token, "id": 1, "claims": map[string]any{"data-kafka-1": "5Gi"}}},
		})
		require.NoError(t, err)
		return made
	}
	checked, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: inputs("a")})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	made, err := run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "kafka", Type: kind, Properties: checked.Inputs})
	require.NoError(t, err)
	assert.Equal(t, inputs("a").AsMap()["pods"], made.Properties.AsMap()["pods"])
	assert.Equal(t, map[string]any{"kafka-1": "a"}, made.Properties.AsMap()["done"])
	for token, want := range map[string]pulumirpc.DiffResponse_DiffChanges{
		"a": pulumirpc.DiffResponse_DIFF_NONE, "b": pulumirpc.DiffResponse_DIFF_SOME,
	} {
		diff, err := run.Diff(t.Context(), &pulumirpc.DiffRequest{
			Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: inputs(token),
		})
		require.NoError(t, err)
		assert.Equal(t, want, diff.Changes, token)
		assert.Empty(t, diff.Replaces)
	}
	_, err = run.Read(t.Context(), &pulumirpc.ReadRequest{Id: made.Id, Urn: urn, Type: kind, Inputs: inputs("a"), Properties: made.Properties})
	require.NoError(t, err)
}

// Sizes go through the engine as they are, and one that differs is an update in place.
func TestCapacityThroughTheEngine(t *testing.T) {
	t.Parallel()
	s, err := Serve(fakekube.New(t).Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	run := engine(t, s)
	const kind = "kafka-kraft:ops:Capacity"
	const urn = "urn:pulumi:s::p::" + kind + "::kafka"
	inputs := func(size string) *structpb.Struct {
		made, err := structpb.NewStruct(map[string]any{
			"context": "here", "namespace": "n", "statefulSet": "not-yet-there", "bootstrapServers": "kafka:9092",
			"first": 0, "end": 1000, "sizes": map[string]any{"data-kafka-0": size}, "brokers": map[string]any{"data-kafka-0": 0},
		})
		require.NoError(t, err)
		return made
	}
	checked, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: inputs("5Gi")})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	made, err := run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "kafka", Type: kind, Properties: checked.Inputs})
	require.NoError(t, err)
	assert.Equal(t, inputs("5Gi").AsMap()["sizes"], made.Properties.AsMap()["sizes"])
	assert.Equal(t, inputs("5Gi").AsMap()["brokers"], made.Properties.AsMap()["brokers"])
	for size, want := range map[string]pulumirpc.DiffResponse_DiffChanges{
		"5Gi": pulumirpc.DiffResponse_DIFF_NONE, "10Gi": pulumirpc.DiffResponse_DIFF_SOME,
	} {
		diff, err := run.Diff(t.Context(), &pulumirpc.DiffRequest{
			Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: inputs(size),
		})
		require.NoError(t, err)
		assert.Equal(t, want, diff.Changes, size)
		assert.Empty(t, diff.Replaces)
	}
}
