package kafkaclient

import (
	"net"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The way is the first that works, unless one is forced.
func TestWay(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = listener.Close() }()
	open := listener.Addr().String()
	const closed = "127.0.0.1:1"
	for name, c := range map[string]struct {
		cluster Cluster
		inPod   bool
		want    Way
	}{
		"in a pod of the cluster":           {Cluster{Inside: open, Outside: open, Context: "c"}, true, Inside},
		"in a pod of another cluster":       {Cluster{Inside: closed, Outside: open, Context: "c"}, true, NodePort},
		"outside, and it is open":           {Cluster{Inside: open, Outside: open, Context: "c"}, false, NodePort},
		"the second of two nodes answers":   {Cluster{Inside: closed, Outside: closed + ", " + open}, false, NodePort},
		"outside, and it is not open":       {Cluster{Inside: open, Context: "c"}, false, Forward},
		"outside, and no node is reachable": {Cluster{Inside: open, Outside: closed, Context: "c"}, false, Forward},
		"forced":                            {Cluster{Inside: open, Outside: open, Context: "c", Way: Forward}, true, Forward},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("KUBERNETES_SERVICE_HOST", "")
			if c.inPod {
				t.Setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1")
			}
			way, err := c.cluster.way(t.Context())
			require.NoError(t, err)
			assert.Equal(t, c.want, way)
		})
	}
	_, err = Cluster{Inside: open, Outside: closed}.way(t.Context())
	assert.ErrorContains(t, err, "name the Kubernetes context")
}
