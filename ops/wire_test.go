package ops

import (
	"net"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	protocol "github.com/kafka-kraft/kafka-kraft/internal/testing/wire"
)

// wire is brokers that speak Kafka's protocol and answer what a test wants them to.
type wire struct {
	t      *testing.T
	nodes  []kmsg.MetadataResponseBroker
	topics []kmsg.MetadataResponseTopic
	// answers are by request key.
	answers map[int16]func(node int32, req kmsg.Request, resp kmsg.Response)

	mu    sync.Mutex
	asked []asked
}

// asked is a request, and who got it.
type asked struct {
	node int32
	req  kmsg.Request
}

func newWire(t *testing.T, brokers int32) (*wire, Admin) {
	t.Helper()
	w := &wire{t: t, answers: map[int16]func(int32, kmsg.Request, kmsg.Response){}}
	var seeds []string
	for id := range brokers {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		node := kmsg.NewMetadataResponseBroker()
		node.NodeID, node.Host, node.Port = id, "127.0.0.1", int32(listener.Addr().(*net.TCPAddr).Port)
		w.nodes = append(w.nodes, node)
		seeds = append(seeds, listener.Addr().String())
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go w.serve(id, conn)
			}
		}()
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(seeds...))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return w, New(client)
}

func (w *wire) serve(node int32, conn net.Conn) {
	defer func() { _ = conn.Close() }()
	protocol.Serve(conn, func(req kmsg.Request) kmsg.Response { return w.answer(node, req) })
}

func (w *wire) answer(node int32, req kmsg.Request) kmsg.Response {
	w.mu.Lock()
	defer w.mu.Unlock()
	resp := req.ResponseKind()
	switch r := resp.(type) {
	case *kmsg.ApiVersionsResponse:
		protocol.Versions(r)
		r.FinalizedFeaturesEpoch = 1
		feature := kmsg.NewApiVersionsResponseFinalizedFeature()
		feature.Name, feature.MaxVersionLevel, feature.MinVersionLevel = "metadata.version", 30, 30
		r.FinalizedFeatures = append(r.FinalizedFeatures, feature)
		supported := kmsg.NewApiVersionsResponseSupportedFeature()
		supported.Name, supported.MinVersion, supported.MaxVersion = "metadata.version", 7, 33
		r.SupportedFeatures = append(r.SupportedFeatures, supported)
	case *kmsg.MetadataResponse:
		r.Brokers, r.ControllerID, r.Topics = w.nodes, 0, w.topics
	default:
		w.asked = append(w.asked, asked{node, req})
		if answer := w.answers[req.Key()]; answer != nil {
			answer(node, req, resp)
		}
	}
	return resp
}

// last is the last request, which a node must have got.
func last[R kmsg.Request](w *wire) (int32, R) {
	w.t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.NotEmpty(w.t, w.asked)
	end := w.asked[len(w.asked)-1]
	req, ok := end.req.(R)
	require.True(w.t, ok, "%T", end.req)
	return end.node, req
}

// on says how a request is answered.
func on[Q kmsg.Request, R kmsg.Response](w *wire, answer func(node int32, req Q, resp R)) {
	var req Q
	w.mu.Lock()
	defer w.mu.Unlock()
	w.answers[req.Key()] = func(node int32, req kmsg.Request, resp kmsg.Response) { answer(node, req.(Q), resp.(R)) }
}
