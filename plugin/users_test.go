package plugin

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
)

// A password is a secret for the engine wherever it goes, even if the program has not said so: what
// the engine is handed as plain text it writes into the state, and shows.
func TestPasswordOfAUserIsASecret(t *testing.T) {
	t.Parallel()
	s, err := Serve(fakekube.New(t).Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	run := engine(t, s)
	configured, err := run.Configure(t.Context(), &pulumirpc.ConfigureRequest{AcceptSecrets: true, AcceptResources: true, SendsOldInputs: true})
	require.NoError(t, err)
	require.True(t, configured.AcceptSecrets)
	const kind = "kafka-kraft:kafka:User"
	const urn = "urn:pulumi:s::p::" + kind + "::alice"
	inputs, err := structpb.NewStruct(map[string]any{
		"context": "here", "namespace": "n", "statefulSet": fakekube.Set, "bootstrapServers": "kafka-bootstrap.n.svc:9095",
		"name": "alice", "authentication": "scram-sha-512", "password": "hush", "stopped": true,
	})
	require.NoError(t, err)
	secret := func(properties *structpb.Struct, when string) {
		t.Helper()
		all, err := plugin.UnmarshalProperties(properties, plugin.MarshalOptions{KeepSecrets: true})
		require.NoError(t, err)
		password := all["password"]
		require.True(t, password.IsSecret(), "%s: it is %s", when, password.TypeString())
		assert.Equal(t, resource.NewProperty("hush"), password.SecretValue().Element)
	}
	checked, err := run.Check(t.Context(), &pulumirpc.CheckRequest{Urn: urn, Type: kind, News: inputs})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	secret(checked.Inputs, "checked")
	made, err := run.Create(t.Context(), &pulumirpc.CreateRequest{Urn: urn, Name: "alice", Type: kind, Properties: checked.Inputs})
	require.NoError(t, err)
	secret(made.Properties, "made")
	read, err := run.Read(t.Context(), &pulumirpc.ReadRequest{Id: made.Id, Urn: urn, Type: kind, Properties: made.Properties, Inputs: checked.Inputs})
	require.NoError(t, err)
	secret(read.Properties, "read")
	secret(read.Inputs, "read")
	changed, err := run.Update(t.Context(), &pulumirpc.UpdateRequest{Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: checked.Inputs})
	require.NoError(t, err)
	secret(changed.Properties, "changed")
	diff, err := run.Diff(t.Context(), &pulumirpc.DiffRequest{Id: made.Id, Urn: urn, Type: kind, Olds: made.Properties, OldInputs: checked.Inputs, News: checked.Inputs})
	require.NoError(t, err)
	assert.NotContains(t, fmt.Sprint(diff), "hush")
}
