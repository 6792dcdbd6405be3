package placement

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// large is 10,000 partitions with three replicas each over 100 brokers in five racks.
func large() Cluster {
	c := Cluster{Brokers: brokers(100, 5)}
	for i := range int32(10_000) {
		first := i * 7
		c.Partitions = append(c.Partitions, Partition{
			Topic: fmt.Sprintf("topic-%d", i%200), Index: i / 200, Size: int64(i%977) << 20,
			Replicas: []int32{first % 100, (first + 1) % 100, (first + 2) % 100},
		})
	}
	return c
}

var tenth = []int32{90, 91, 92, 93, 94, 95, 96, 97, 98, 99}

func TestLarge(t *testing.T) {
	t.Parallel()
	c := large()
	moves, err := Drain(c, tenth, Options{})
	require.NoError(t, err)
	drained := apply(t, c, tenth, moves)
	most, least := extremes(newBoard(drained, Options{}).order[:90])
	assert.LessOrEqual(t, most-least, 20, "what leaves is spread")

	moves, err = Spread(drained, Full, Options{})
	require.NoError(t, err)
	most, least = extremes(newBoard(apply(t, drained, nil, moves), Options{}).order)
	assert.LessOrEqual(t, most-least, 1, "all is even again")
}

func extremes(seats []*seat) (most, least int) {
	least = seats[0].replicas
	for _, s := range seats {
		most, least = max(most, s.replicas), min(least, s.replicas)
	}
	return most, least
}

func BenchmarkDrain(b *testing.B) {
	c := large()
	for b.Loop() {
		_, err := Drain(c, tenth, Options{})
		require.NoError(b, err)
	}
}

// BenchmarkSpread fills a tenth of the brokers anew.
func BenchmarkSpread(b *testing.B) {
	c := large()
	moves, err := Drain(c, tenth, Options{})
	require.NoError(b, err)
	drained := apply(b, c, tenth, moves)
	for b.Loop() {
		_, err := Spread(drained, Full, Options{})
		require.NoError(b, err)
	}
}
