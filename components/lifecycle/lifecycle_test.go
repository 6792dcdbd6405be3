package lifecycle_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/lifecycle"
)

var _ kafka.Lifecycle = (*lifecycle.Context)(nil)

// A context that there is not is named, once it is needed; and it is no cause of anything
// in the cluster.
func TestMissingContext(t *testing.T) {
	c := lifecycle.In(filepath.Join(t.TempDir(), "none"), "nowhere")
	require.ErrorContains(t, c.Preflight(t.Context(), "n", "", nil), "nowhere")
	require.ErrorContains(t, c.Move(t.Context(), "n", nil), "nowhere")
	assert.Empty(t, c.Causes(t.Context(), "n", "k"))
}
