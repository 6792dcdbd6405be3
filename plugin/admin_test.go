package plugin

import (
	"fmt"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/fakekube"
)

// Whoever needs Kafka asks for the Secret that its inputs name; here there is none.
func TestAdminIsAskedFor(t *testing.T) {
	t.Parallel()
	for kind, more := range map[string]map[string]any{
		"kafka:Topic":    {"name": "orders", "deletionProtection": false},
		"kafka:Quota":    {"user": "u", "producerByteRate": 1},
		"kafka:User":     {"name": "alice", "authentication": "tls"},
		"ops:Evacuation": {"first": 0, "end": 1000, "keep": []any{}},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			kube := fakekube.New(t)
			kube.Ready(1)
			s, err := Serve(kube.Kubeconfig(t, "here"))
			require.NoError(t, err)
			t.Cleanup(s.Close)
			run := engine(t, s)
			all := map[string]any{
				"context": "here", "namespace": "n", "statefulSet": fakekube.Set, "bootstrapServers": "kafka-bootstrap.n.svc:9095",
				"admin": "orders-admin",
			}
			for key, value := range more {
				all[key] = value
			}
			inputs, err := structpb.NewStruct(all)
			require.NoError(t, err)
			ended := make(chan error, 1)
			go func() {
				urn := "urn:pulumi:s::p::kafka-kraft:" + kind + "::x"
				var err error
				if strings.HasPrefix(kind, "kafka:") {
					_, err = run.Delete(t.Context(), &pulumirpc.DeleteRequest{Id: "x", Urn: urn, Properties: inputs})
				} else {
					_, err = run.Update(t.Context(), &pulumirpc.UpdateRequest{Id: "x", Urn: urn, Olds: inputs, OldInputs: inputs, News: inputs})
				}
				ended <- err
			}()
			require.Eventually(t, func() bool { return kube.Asked("n") > 0 }, time.Minute, 10*time.Millisecond)
			time.Sleep(time.Second) // it insists
			_, _ = run.Cancel(t.Context(), &emptypb.Empty{})
			err = <-ended
			require.Error(t, err)
			assert.Contains(t, err.Error()+fmt.Sprint(status.Convert(err).Details()...),
				"secret n/orders-admin, with the certificate that Kafka knows this program by, is not there")
		})
	}
}
