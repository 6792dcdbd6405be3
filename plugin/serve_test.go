package plugin

import (
	"strconv"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
)

func TestEnvKeepsOtherProviders(t *testing.T) {
	t.Setenv(debugProviders, "outer:1")
	s, err := Serve("")
	require.NoError(t, err)
	defer s.Close()
	environment := map[string]string{}
	s.Env(environment)
	assert.Regexp(t, `^kafka-kraft:\d+,outer:1$`, environment[debugProviders])
	environment[debugProviders] = "inner:2"
	s.Env(environment)
	assert.Regexp(t, `^kafka-kraft:\d+,inner:2$`, environment[debugProviders])
}

// engine connects as the Pulumi engine does for each run.
func engine(t *testing.T, s *Server) pulumirpc.ResourceProviderClient {
	t.Helper()
	environment := map[string]string{}
	s.Env(environment)
	port, err := strconv.Atoi(strings.TrimPrefix(environment[debugProviders], Name+":"))
	require.NoError(t, err)
	connection, err := grpc.NewClient("127.0.0.1:"+strconv.Itoa(port), grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	return pulumirpc.NewResourceProviderClient(connection)
}

// A run that is canceled ends its own wait, at once and with its state, and no other's;
// and the next run can wait again.
func TestEveryRunIsCanceledForItself(t *testing.T) {
	kube := fakekube.New(t)
	s, err := Serve(kube.Kubeconfig(t, "here"))
	require.NoError(t, err)
	defer s.Close()
	inputs, err := structpb.NewStruct(map[string]any{
		"context": "here", "namespace": "n", "statefulSet": fakekube.Set, "replicas": 1, "revision": "one",
	})
	require.NoError(t, err)
	create := func(run pulumirpc.ResourceProviderClient) chan error {
		ended := make(chan error, 1)
		go func() {
			_, err := run.Create(t.Context(), &pulumirpc.CreateRequest{
				Urn: "urn:pulumi:s::p::kafka-kraft:ops:Rollout::kafka", Name: "kafka", Type: "kafka-kraft:ops:Rollout", Properties: inputs,
			})
			ended <- err
		}()
		return ended
	}

	first, second := engine(t, s), engine(t, s)
	one := create(first)
	require.Eventually(t, func() bool { return kube.Asked("n") > 0 }, time.Minute, 10*time.Millisecond)
	two := create(second)
	_, err = first.Cancel(t.Context(), &emptypb.Empty{})
	require.NoError(t, err)
	require.ErrorContains(t, <-one, "failed to initialize")

	select {
	case err := <-two:
		t.Fatalf("the other run has ended, too: %v", err)
	case <-time.After(time.Second):
	}
	kube.Ready(1)
	require.NoError(t, <-two)
	require.NoError(t, <-create(engine(t, s)))
}

func TestNobodyAnswersWhenClosed(t *testing.T) {
	t.Parallel()
	s, err := Serve("")
	require.NoError(t, err)
	run := engine(t, s)
	_, err = run.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.NoError(t, err)
	s.Close()
	_, err = run.GetSchema(t.Context(), &pulumirpc.GetSchemaRequest{})
	require.Error(t, err)
}
