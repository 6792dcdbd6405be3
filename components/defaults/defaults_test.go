package defaults

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

func TestMore(t *testing.T) {
	assert.Equal(t, []int32{0, 1, 2}, more(0, []int32{0}, []int32{0, 1, 2}, 3))
	assert.Equal(t, []int32{0, 1}, more(1, []int32{0}, []int32{0, 1, 2}, 2))
	assert.Equal(t, []int32{0, 2}, more(2, []int32{0}, []int32{0, 1, 2}, 2), "another partition, another broker")
	assert.Equal(t, []int32{2, 1}, more(1, []int32{2, 1}, []int32{0, 1, 2}, 2), "enough already")
	assert.Equal(t, []int32{0, 1}, more(0, []int32{0}, []int32{0, 1}, 3), "as many as there are")
}

func TestMoreLosesNobody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		brokers := rapid.SliceOfNDistinct(rapid.Int32Range(0, 50), 1, 9, rapid.ID).Draw(t, "brokers")
		has := brokers[:rapid.IntRange(1, len(brokers)).Draw(t, "replicas")]
		want := rapid.IntRange(1, 5).Draw(t, "want")
		got := more(rapid.Int32Range(0, 100).Draw(t, "partition"), has, brokers, want)
		assert.Equal(t, has, got[:len(has)], "the leader stays the first")
		assert.Len(t, got, max(len(has), min(want, len(brokers))))
		unique := slices.Clone(got)
		slices.Sort(unique)
		assert.Len(t, slices.Compact(unique), len(got), "each broker once")
	})
}

func TestReplicasAreTheLeast(t *testing.T) {
	assert.Equal(t, 1, topic{partitions: map[int32][]int32{0: {0, 1}, 1: {2}}}.replicas())
}
