package cluster

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestSecured takes a living plaintext cluster to TLS with certificates of clients, step by step
// and with records written all the time, and then looks who may still do what.
func TestSecured(t *testing.T) {
	s := kit.NewSeparated(t, "secured", nil)
	s.Records(t)
	plain, secret := s.Bootstrap, strings.SplitN(s.Bootstrap, "-bootstrap.", 2)[0]+"-admin"
	encrypted := strings.Replace(plain, ":9092", ":9095", 1)

	s.Set(t, kit.Config{"security.encryption": "required"})
	_, err := s.Steps(t)
	require.ErrorContains(t, err, "set it to offered and run up", "a jump would part the quorum")

	load := s.StartLoad(t, 1000)
	for _, step := range []string{"offered", "preferred"} {
		s.Set(t, kit.Config{"security.encryption": step})
		s.MustUp(t)
		s.MustChangeNothing(t)
	}
	load.Stop(t)
	assert.LessOrEqual(t, s.Books.Slowest(), tooLong)
	s.MustReadBack(t)

	// Clients have moved by now.
	load = kit.StartLoad(t, s.Books, s.ClientAs(t, encrypted, secret, kgo.RecordPartitioner(kgo.RoundRobinPartitioner())), 1000)
	s.Set(t, kit.Config{"security.encryption": "required", "security.authentication[0]": "mtls"})
	s.Bootstrap = kit.Text(t, s.MustUp(t), "bootstrapServers")
	require.Equal(t, encrypted, s.Bootstrap)
	s.MustChangeNothing(t)
	s.Set(t, kit.Config{"security.authorization": "closed"})
	s.MustUp(t)
	load.Stop(t)
	assert.LessOrEqual(t, s.Books.Slowest(), tooLong)
	s.MustReadBack(t)
	assert.Zero(t, s.Books.Verdict().Failed)

	s.Set(t, kit.Config{"security.encryption": "preferred"})
	_, err = s.Steps(t)
	require.ErrorContains(t, err, "cannot be changed on a live cluster that has required")
	s.Set(t, kit.Config{"security.encryption": "required"})

	t.Run("nobody else gets in", func(t *testing.T) {
		for _, pod := range s.All() {
			for _, port := range []string{":9092", ":9093", ":9094"} {
				require.Error(t, knock(t, s, pod, port, nil), "%s%s speaks plaintext", pod, port)
			}
		}
		for _, port := range []string{":9091", ":9095", ":9096"} {
			err := knock(t, s, s.Brokers[0], port, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // it shows no certificate
			require.ErrorContains(t, err, "certificate required", port)
		}
	})
	t.Run("tools in the pod are the node", func(t *testing.T) {
		out, err := s.Exec(t.Context(), s.Brokers[0], "kafka-topics", "--bootstrap-server", "localhost:9095", "--list")
		require.NoError(t, err, out)
		assert.Contains(t, out, s.Books.Topic())
	})
	t.Run("no key is where it can be read", func(t *testing.T) {
		maps, err := s.Cluster.Kube.CoreV1().ConfigMaps(s.Namespace).List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		for _, m := range maps.Items {
			for key, text := range m.Data {
				assert.NotContains(t, text, "PRIVATE KEY", "%s of %s", key, m.Name)
			}
		}
		state, err := s.Export(t.Context())
		require.NoError(t, err)
		assert.NotContains(t, string(state.Deployment), "PRIVATE KEY")
	})
	t.Run("outside", func(t *testing.T) {
		require.NoError(t, s.Books.Write(t.Context(), s.Outside(t), 500))
		s.MustReadBack(t)
	})
}

// knock opens a connection to a pod's port and waits for what it says to who asks nothing proper;
// nil is plaintext. An open port that says nothing is no error.
func knock(t *testing.T, s *kit.Separated, pod, port string, config *tls.Config) error {
	t.Helper()
	host := pod + "." + strings.Replace(strings.SplitN(s.Bootstrap, ":", 2)[0], "-bootstrap.", "-headless.", 1)
	ctx, over := context.WithTimeout(t.Context(), 10*time.Second)
	defer over()
	conn, err := s.Cluster.Forward.DialContext(ctx, "tcp", host+port)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	if config != nil {
		secured := tls.Client(conn, config)
		if err := secured.HandshakeContext(ctx); err != nil {
			return err
		}
		_, err = secured.Read(make([]byte, 1))
		return err
	}
	_, err = conn.Read(make([]byte, 1))
	if e, late := err.(interface{ Timeout() bool }); late && e.Timeout() { //nolint:errorlint // the connection's own
		return nil
	}
	return err
}
