package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What a record does not mention is free: it may come from another version.
func TestRecordOfAnotherVersion(t *testing.T) {
	config, err := Parse(good["combined"])
	require.NoError(t, err)
	for _, record := range []string{"", "topology=combined", "topology=combined&somethingOld=x"} {
		changes, err := config.Changes(record, "")
		require.NoError(t, err)
		assert.Empty(t, changes, record)
	}
	_, err = config.Changes("%", "")
	require.Error(t, err)
}
