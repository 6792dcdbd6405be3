package cluster

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// secured is what a stack says to let in by TLS and with a certificate only, and to do what ACLs allow.
var secured = kit.Config{"security.encryption": "required", "security.authentication[0]": "mtls", "security.authorization": "closed"}

// TestSecured starts a cluster without any plaintext, and looks who may do what.
func TestSecured(t *testing.T) {
	s := kit.NewSeparated(t, "secured", secured)
	s.Records(t)
	s.MustChangeNothing(t)

	s.Set(t, kit.Config{"security.encryption": "preferred", "security.authorization": ""})
	_, err := s.Steps(t)
	require.ErrorContains(t, err, "cannot be changed on a live cluster that has required")
	s.Set(t, secured)

	t.Run("nobody else gets in", func(t *testing.T) {
		for _, pod := range s.All() {
			for _, port := range []string{":9092", ":9093", ":9094"} {
				require.Error(t, knock(t, s, pod, port, nil), "%s%s speaks plaintext", pod, port)
			}
		}
		stranger := &tls.Config{InsecureSkipVerify: true} //nolint:gosec // it shows no certificate, and asks for none
		for _, port := range []string{":9091", ":9095", ":9096"} {
			require.ErrorContains(t, knock(t, s, s.Brokers[0], port, stranger), "certificate required", port)
		}
		require.ErrorContains(t, knock(t, s, s.Controllers[0], ":9090", stranger), "certificate required")
	})
	t.Run("agents tell of lag and of certificates", func(t *testing.T) {
		w := &separated{s}
		end := w.lag(t)
		defer end()
		for _, pod := range s.All() {
			w.mustTell(t, pod, ofAgent, []string{
				"kafka_kraft_agent_certificate_not_before_seconds", "kafka_kraft_agent_certificate_not_after_seconds", "kafka_kraft_agent_ca_not_after_seconds",
			})
		}
	})
	t.Run("tools in the pod are the node", func(t *testing.T) {
		out, err := s.Exec(t.Context(), s.Brokers[0], "kafka-topics", "--bootstrap-server", "localhost:9092", "--list")
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
		secret, err := s.Cluster.Kube.CoreV1().Secrets(s.Namespace).Get(t.Context(), "ci-admin", metav1.GetOptions{})
		require.NoError(t, err)
		key := secret.Data["tls.key"]
		require.Contains(t, string(key), "PRIVATE KEY")
		state := s.State(t)
		require.Contains(t, state, "ci-admin")
		assert.NotContains(t, state, "PRIVATE KEY")
		assert.NotContains(t, state, base64.StdEncoding.EncodeToString(key))
	})
	t.Run("from outside", func(t *testing.T) {
		require.NoError(t, s.Books.Write(t.Context(), s.Outside(t), 500))
		s.MustReadBack(t)
	})
	t.Run("users", func(t *testing.T) { usersComeIn(t, s) })
	t.Run("a pod goes and comes back", func(t *testing.T) {
		load := s.StartLoad(t, 500)
		require.NoError(t, s.DeletePod(t.Context(), s.Brokers[1]))
		s.Whole(t, s.Client(t, s.Bootstrap))
		load.Stop(t)
		s.MustReadBack(t)
	})
}

// knock opens a connection to a pod's port and waits for what it says to who asks nothing proper;
// nil is plaintext. An open port that says nothing is no error.
func knock(t *testing.T, s *kit.Separated, pod, port string, config *tls.Config) error {
	t.Helper()
	host := pod + ".ci-kafka-headless." + s.Namespace + ".svc.cluster.local"
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
