package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// usersComeIn adds passwords to a cluster that lives, and two users: alice with a password and bob
// with a certificate. Each may do what its ACLs say, and hears from Kafka itself what it may not.
func usersComeIn(t *testing.T, s *kit.Separated) {
	load := s.StartLoad(t, 500)
	before := s.UIDs(t, s.Brokers...)
	s.Set(t, kit.Config{
		"security.authentication[1]": "scram",
		"topics.orders.partitions":   "3", "topics.orders.deletionProtection": "false", "topics.paid.deletionProtection": "false",
		"users.alice.authentication": "scram", "users.alice.produce[0]": "ord*",
		"users.alice.consume.topics[0]": "orders", "users.alice.consume.group": "alice", "users.alice.quotas.producerByteRate": "10Mi",
		"users.bob.authentication": "mtls", "users.bob.produce[0]": "paid",
		"users.bob.consume.topics[0]": "orders", "users.bob.consume.group": "bob*",
	})
	s.MustUp(t)
	load.Stop(t)
	s.MustReadBack(t)
	require.NoError(t, s.AreNew(t.Context(), before), "one more listener is an ordinary roll")
	s.MustChangeNothing(t)

	alice, bob := secretOf(t, s, "alice"), secretOf(t, s, "bob")
	assert.NotEmpty(t, alice["sasl.jaas.config"])
	t.Run("each does what it may", func(t *testing.T) {
		mayProduce(t, comesIn(t, alice, "alice"), "orders")
		mayProduce(t, comesIn(t, bob, ""), "paid")
		mayConsume(t, alice, "alice", "orders", "alice")
		mayConsume(t, bob, "", "orders", "bob-2")
	})
	t.Run("and nothing else", func(t *testing.T) {
		require.ErrorIs(t, produce(t, comesIn(t, alice, "alice"), "paid"), kerr.TopicAuthorizationFailed)
		require.ErrorIs(t, produce(t, comesIn(t, bob, ""), "orders"), kerr.TopicAuthorizationFailed)
		require.ErrorIs(t, consume(t, comesIn(t, alice, "alice", kgo.ConsumeTopics("paid"))), kerr.TopicAuthorizationFailed)
		require.ErrorIs(t, consume(t, comesIn(t, bob, "", kgo.ConsumeTopics("orders"), kgo.ConsumerGroup("alice"))), kerr.GroupAuthorizationFailed)
	})
	t.Run("Kafka's own client has all it needs in one file", func(t *testing.T) {
		for user, secret := range map[string]map[string]string{"alice": alice, "bob": bob} {
			file := "/tmp/" + user + ".properties"
			out, err := s.Exec(t.Context(), s.Brokers[0], "sh", "-c", fmt.Sprintf("echo %s | base64 -d > %s && kafka-topics --bootstrap-server %s --command-config %s --list && rm %s",
				base64.StdEncoding.EncodeToString([]byte(secret["client.properties"])), file, bootstrapOf(t, secret), file, file))
			require.NoError(t, err, out)
			assert.Contains(t, out, "orders", user)
			assert.NotContains(t, out, s.Books.Topic(), "%s may not know of it", user)
		}
	})
	t.Run("a wrong password does not", func(t *testing.T) {
		wrong := map[string]string{"client.properties": alice["client.properties"], "ca.crt": alice["ca.crt"], "password": "wrong"}
		_, err := connect(t, wrong, "alice")
		require.ErrorIs(t, err, kerr.SaslAuthenticationFailed)
		_, err = connect(t, alice, "nobody")
		require.ErrorIs(t, err, kerr.SaslAuthenticationFailed)
	})
	t.Run("no password is where it can be read", func(t *testing.T) {
		state := s.State(t)
		require.Contains(t, state, "ci-user-alice")
		for _, secret := range []string{alice["password"], bob["user.key"]} {
			require.NotEmpty(t, secret)
			assert.NotContains(t, state, secret)
			assert.NotContains(t, state, base64.StdEncoding.EncodeToString([]byte(secret)))
		}
	})
	t.Run("another password takes its place", func(t *testing.T) {
		before := s.UIDs(t, s.All()...)
		s.Set(t, kit.Config{"users.alice.renewPassword": "again"})
		s.MustUp(t)
		s.MustChangeNothing(t)
		renewed := secretOf(t, s, "alice")
		require.NotEqual(t, alice["password"], renewed["password"])
		// Brokers hear of it through the metadata log.
		kit.Eventually(t, 30*time.Second, "the new one is let in", func() error {
			client, err := connect(t, renewed, "alice")
			if err == nil {
				client.Close()
			}
			return err
		})
		mayProduce(t, comesIn(t, renewed, "alice"), "orders")
		kit.Eventually(t, 30*time.Second, "the old one is not", func() error { return refused(t, alice) })
		assert.Equal(t, before, s.UIDs(t, s.All()...), "no pod had to be restarted")
		alice = renewed
	})
	t.Run("who is taken out is gone", func(t *testing.T) {
		s.Set(t, kit.Config{"users.alice": ""})
		s.MustUp(t)
		kit.Eventually(t, 30*time.Second, "nobody knows alice", func() error { return refused(t, alice) })
		_, err := s.Cluster.Kube.CoreV1().Secrets(s.Namespace).Get(t.Context(), "ci-user-alice", metav1.GetOptions{})
		require.ErrorContains(t, err, "not found")
		mayProduce(t, comesIn(t, bob, ""), "paid")
	})
}

// secretOf is what the application of a user mounts.
func secretOf(t *testing.T, s *kit.Separated, user string) map[string]string {
	t.Helper()
	found, err := s.Cluster.Kube.CoreV1().Secrets(s.Namespace).Get(t.Context(), "ci-user-"+user, metav1.GetOptions{})
	require.NoError(t, err)
	texts := map[string]string{}
	for key, data := range found.Data {
		texts[key] = string(data)
	}
	return texts
}

// bootstrapOf is where the user of a Secret starts.
func bootstrapOf(t *testing.T, secret map[string]string) string {
	t.Helper()
	for line := range strings.Lines(secret["client.properties"]) {
		if servers, found := strings.CutPrefix(line, "bootstrap.servers="); found {
			return strings.TrimSpace(servers)
		}
	}
	t.Fatal("client.properties has no bootstrap.servers")
	return ""
}

// connect connects with what a Secret has: with its password as this user, or with its certificate.
func connect(t *testing.T, secret map[string]string, user string, options ...kgo.Opt) (*kgo.Client, error) {
	t.Helper()
	config := &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
	require.True(t, config.RootCAs.AppendCertsFromPEM([]byte(secret["ca.crt"])))
	if certificate, found := secret["user.crt"]; found {
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(secret["user.key"]))
		require.NoError(t, err)
		config.Certificates = []tls.Certificate{pair}
	}
	if user != "" {
		options = append(options, kgo.SASL(scram.Auth{User: user, Pass: secret["password"]}.AsSha512Mechanism()))
	}
	ctx, over := context.WithTimeout(t.Context(), 30*time.Second)
	defer over()
	return kafkaclient.Connect(ctx, kafkaclient.Cluster{
		Inside: bootstrapOf(t, secret), TLS: config, Context: kit.Context, Way: kafkaclient.Forward,
	}, options...)
}

// comesIn is connect for who is let in.
func comesIn(t *testing.T, secret map[string]string, user string, options ...kgo.Opt) *kgo.Client {
	t.Helper()
	client, err := connect(t, secret, user, options...)
	require.NoError(t, err)
	t.Cleanup(client.Close)
	return client
}

// refused is nil if alice is not let in with what the Secret has.
func refused(t *testing.T, secret map[string]string) error {
	t.Helper()
	client, err := connect(t, secret, "alice")
	if err == nil {
		client.Close()
		return errors.New("it is let in")
	}
	if errors.Is(err, kerr.SaslAuthenticationFailed) {
		return nil
	}
	return err
}

func produce(t *testing.T, client *kgo.Client, topic string) error {
	t.Helper()
	ctx, over := context.WithTimeout(t.Context(), time.Minute)
	defer over()
	return client.ProduceSync(ctx, &kgo.Record{Topic: topic, Value: []byte("x")}).FirstErr()
}

func mayProduce(t *testing.T, client *kgo.Client, topic string) {
	t.Helper()
	require.NoError(t, produce(t, client, topic), topic)
}

// consume waits for the first record, or for what Kafka has against it.
func consume(t *testing.T, client *kgo.Client) error {
	t.Helper()
	ctx, over := context.WithTimeout(t.Context(), time.Minute)
	defer over()
	for {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			return err
		}
		if fetches.NumRecords() > 0 {
			return nil
		}
	}
}

func mayConsume(t *testing.T, secret map[string]string, user, topic, group string) {
	t.Helper()
	client := comesIn(t, secret, user, kgo.ConsumeTopics(topic), kgo.ConsumerGroup(group), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	require.NoError(t, consume(t, client), topic)
	require.NoError(t, client.CommitUncommittedOffsets(t.Context()))
}
