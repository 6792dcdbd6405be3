package faults_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/proof"
)

// securing takes a living plaintext cluster to TLS with certificates of clients, step by step
// and with records written all the time.
func securing(t *testing.T, seen *proof.Result) {
	s := kit.NewSeparated(t, "securing", nil)
	s.Records(t)

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
	s.MustReadBack(t)

	// Clients have moved by now.
	encrypted := strings.Replace(s.Bootstrap, ":9092", ":9095", 1)
	load = kit.StartLoad(t, s.Books, s.ClientAs(t, encrypted, "ci-admin", kgo.RecordPartitioner(kgo.RoundRobinPartitioner())), 1000)
	s.Set(t, kit.Config{"security.encryption": "required", "security.authentication[0]": "mtls", "security.authorization": "closed"})
	s.Bootstrap = kit.Text(t, s.MustUp(t), "bootstrapServers")
	require.Equal(t, encrypted, s.Bootstrap)
	s.MustChangeNothing(t)
	load.Stop(t)
	s.MustReadBack(t)
	assert.Zero(t, s.Books.Verdict().Failed)
	seen.Records = s.Books.Verdict().Read
	seen.Saw("slowest acknowledgement", 0, s.Books.Slowest())
}
