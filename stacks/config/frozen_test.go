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

// A size is a quantity, however it is written.
func TestSizesAreComparedAsQuantities(t *testing.T) {
	before := Default()
	before.Storage = Storage{Mode: PerPod, Size: "10Gi", MetadataSize: "1Gi"}
	for size, same := range map[Quantity]bool{"10Gi": true, "10240Mi": true, "10737418240": true, "10G": false, "11Gi": false, "": false, "x": false} {
		after := before
		after.Storage.Size, after.Storage.MetadataSize = size, "1024Mi"
		changes, err := after.Changes(before.Record(), "")
		require.NoError(t, err)
		assert.Equal(t, same, len(changes) == 0, "%q: %v", size, changes)
	}
	after := before
	after.Storage.MetadataSize = "" // it had a claim of its own
	changes, err := after.Changes(before.Record(), "")
	require.NoError(t, err)
	assert.Len(t, changes, 1)
}
