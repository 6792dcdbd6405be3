package kafkaclient

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"
)

// kubelet serves the port-forward protocol as an API server without WebSocket
// does, and leaves the two streams to pod.
func kubelet(t *testing.T, pod func(request *http.Request, data, failure httpstream.Stream)) *Forwarder {
	t.Helper()
	server := httptest.NewServer(forwarding(t, pod))
	t.Cleanup(server.Close)
	forward, err := PortForward(&rest.Config{Host: server.URL})
	require.NoError(t, err)
	return forward
}

func forwarding(t *testing.T, pod func(request *http.Request, data, failure httpstream.Stream)) http.HandlerFunc {
	return func(w http.ResponseWriter, request *http.Request) {
		if _, err := httpstream.Handshake(request, w, []string{portforward.PortForwardProtocolV1Name}); err != nil {
			return // it has answered
		}
		opened := make(chan httpstream.Stream, 2)
		upgraded := spdy.NewResponseUpgrader().UpgradeResponse(w, request,
			func(stream httpstream.Stream, _ <-chan struct{}) error {
				opened <- stream
				return nil
			})
		if upgraded == nil {
			return
		}
		defer func() { _ = upgraded.Close() }()
		failure, data := <-opened, <-opened
		assert.Equal(t, corev1.StreamTypeError, failure.Headers().Get(corev1.StreamType))
		assert.Equal(t, corev1.StreamTypeData, data.Headers().Get(corev1.StreamType))
		pod(request, data, failure)
		select {
		case <-upgraded.CloseChan():
		case <-time.After(10 * time.Second):
			assert.Fail(t, "the client never closed the connection")
		}
	}
}

const podAddress = "kafka-0.kafka-svc.ns.svc.cluster.local:9092"

func dial(t *testing.T, forward *Forwarder) net.Conn {
	t.Helper()
	conn, err := forward.DialContext(t.Context(), "tcp", podAddress)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	assert.Equal(t, podAddress, conn.RemoteAddr().String())
	return conn
}

func TestForwardCarriesBytesBothWays(t *testing.T) {
	t.Parallel()
	conn := dial(t, kubelet(t, func(request *http.Request, data, _ httpstream.Stream) {
		assert.Equal(t, "/api/v1/namespaces/ns/pods/kafka-0/portforward", request.URL.Path)
		assert.Equal(t, "9092", data.Headers().Get(corev1.PortHeader))
		_, _ = io.Copy(data, data)
	}))
	message := make([]byte, 1<<20) // larger than any buffer on the way
	for i := range message {
		message[i] = byte(i * 7)
	}
	go func() { _, _ = conn.Write(message) }()
	got := make([]byte, len(message))
	_, err := io.ReadFull(bufio.NewReader(conn), got)
	require.NoError(t, err)
	assert.Equal(t, message, got)
	require.NoError(t, conn.Close())
	_, err = conn.Read(got)
	require.ErrorIs(t, err, net.ErrClosed)
}

func TestForwardKeepsDeadlines(t *testing.T) {
	t.Parallel()
	conn := dial(t, kubelet(t, func(*http.Request, httpstream.Stream, httpstream.Stream) {}))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, err := conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestForwardTellsWhyThePodCannotBeReached(t *testing.T) {
	t.Parallel()
	conn := dial(t, kubelet(t, func(_ *http.Request, data, failure httpstream.Stream) {
		_, _ = failure.Write([]byte("connection refused inside the pod"))
		_ = failure.Close()
		_ = data.Close()
	}))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err := conn.Read(make([]byte, 1))
	require.ErrorContains(t, err, "connection refused inside the pod")
	require.ErrorContains(t, err, podAddress)
	require.ErrorIs(t, err, net.ErrClosed, "kgo tries such a request again, and no other")
}

func TestForwardEndsWithThePod(t *testing.T) {
	t.Parallel()
	conn := dial(t, kubelet(t, func(_ *http.Request, data, failure httpstream.Stream) {
		_ = failure.Close()
		_ = data.Close()
	}))
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(5*time.Second)))
	_, err := conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
	assert.Eventually(t, func() bool {
		_, err := conn.Write([]byte("x"))
		return err != nil
	}, 5*time.Second, 10*time.Millisecond, "a write after the end must fail")
}

func TestForwardErrors(t *testing.T) {
	t.Parallel()
	notFound := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(notFound.Close)
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hanging.CloseClientConnections)

	forward, err := PortForward(&rest.Config{Host: notFound.URL})
	require.NoError(t, err)
	_, err = forward.DialContext(t.Context(), "tcp", podAddress)
	require.ErrorContains(t, err, "pod ns/kafka-0 port 9092")
	var failed *net.OpError // kgo forgets a controller that cannot be dialled, and asks who it is now
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, "dial", failed.Op)
	_, err = forward.DialContext(t.Context(), "udp", podAddress)
	require.ErrorContains(t, err, "only tcp")
	_, err = forward.DialContext(t.Context(), "tcp", "localhost:9092")
	require.ErrorContains(t, err, "no name inside a Kubernetes cluster")

	forward, err = PortForward(&rest.Config{Host: hanging.URL})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = forward.DialContext(ctx, "tcp", podAddress)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}
