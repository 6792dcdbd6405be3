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

// A size is a quantity, however it is written. A claim may grow, and whether there is one is
// for life; of a shared volume nothing may change.
func TestSizesMayGrow(t *testing.T) {
	before := Default()
	before.Storage = Storage{Mode: PerPod, Size: "10Gi", MetadataSize: "1Gi"}
	for size, fine := range map[Quantity]bool{"10Gi": true, "10240Mi": true, "10737418240": true, "11Gi": true, "10G": false, "": false} {
		after := before
		after.Storage.Size, after.Storage.MetadataSize = size, "1024Mi"
		changes, err := after.Changes(before.Record(), "")
		require.NoError(t, err)
		changes = append(changes, after.Smaller(LastSizes(before.Record()))...)
		assert.Equal(t, fine, len(changes) == 0, "%q: %v", size, changes)
	}
	after := before
	after.Storage.MetadataSize = "" // it had a claim of its own
	changes, err := after.Changes(before.Record(), "")
	require.NoError(t, err)
	assert.Len(t, changes, 1)

	shared := Default()
	for size, fine := range map[Quantity]bool{"10240Mi": true, "11Gi": false, "9Gi": false} {
		after := shared
		after.Storage.Size = size
		changes, err := after.Changes(shared.Record(), "")
		require.NoError(t, err)
		assert.Equal(t, fine, len(changes) == 0, "%q: %v", size, changes)
		assert.Empty(t, after.Smaller(LastSizes(shared.Record())))
	}
}

// A record says how large claims were made at first, and how large they are.
func TestRecordOfSizes(t *testing.T) {
	c := Default()
	c.Storage = Storage{Mode: PerPod, Size: "10Gi"}
	first := FirstSizes(c.Record()) // an older version's record says nothing else
	assert.Equal(t, Sizes{"storage.size": "10Gi"}, first)
	assert.Equal(t, first, LastSizes(c.Record()))
	assert.Equal(t, c.Record(), WithFirstSizes(c.Record(), first))

	c.Storage.Size = "20Gi"
	grown := WithFirstSizes(c.Record(), first)
	assert.Equal(t, first, FirstSizes(grown))
	assert.Equal(t, Sizes{"storage.size": "20Gi"}, LastSizes(grown))
	c.Storage.Size = "15Gi"
	problems := c.Smaller(LastSizes(grown))
	require.Len(t, problems, 1)
	assert.ErrorContains(t, problems.Err(), `kafka-kraft:storage.size: "15Gi": claims have 20Gi`)
	changes, err := c.Changes(grown, "")
	require.NoError(t, err)
	assert.Empty(t, changes, "how much less is said once")
}
