package kafka

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDigest(t *testing.T) {
	of := func(value any) string {
		text, err := digest(value)
		require.NoError(t, err)
		return text
	}
	type pod struct {
		Image *string
		Env   []map[string]any
	}
	image := "kafka"
	known := of(pod{Image: &image})
	assert.NotEqual(t, known, of(pod{}))
	assert.Equal(t, known, of(struct {
		Image *string
		Env   []map[string]any
		New   *string
	}{Image: &image}), "a field that a newer SDK knows, and nobody sets")
	assert.Equal(t,
		of(pod{Env: []map[string]any{{"name": "a", "value": nil}}}),
		of(pod{Env: []map[string]any{{"name": "a"}}}))
}
