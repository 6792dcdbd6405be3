package placement

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// anyCluster draws a cluster as Kafka could have it: no broker twice in a partition.
func anyCluster(t *rapid.T) Cluster {
	var c Cluster
	racks := rapid.IntRange(1, 4).Draw(t, "racks")
	n := rapid.IntRange(1, 12).Draw(t, "brokers")
	var ids []int32
	for i := range n {
		id := int32(i * 3)
		ids = append(ids, id)
		c.Brokers = append(c.Brokers, Broker{
			ID: id, Rack: fmt.Sprint(rapid.IntRange(1, racks).Draw(t, "rack")),
			Free:   rapid.SampledFrom([]int64{0, 50, 500, plenty, plenty}).Draw(t, "free"),
			New:    rapid.IntRange(0, 3).Draw(t, "new") == 0,
			Closed: rapid.IntRange(0, 9).Draw(t, "closed") == 0,
		})
	}
	if c.OneVolume = rapid.IntRange(0, 3).Draw(t, "one volume") == 0; c.OneVolume {
		for i := range c.Brokers {
			c.Brokers[i].Free = c.Brokers[0].Free
		}
	}
	for topic := range rapid.IntRange(0, 6).Draw(t, "topics") {
		rf := rapid.IntRange(1, min(n, 4)).Draw(t, "rf")
		for index := range rapid.IntRange(1, 8).Draw(t, "partitions") {
			c.Partitions = append(c.Partitions, Partition{
				Topic: fmt.Sprintf("t%d", topic), Index: int32(index), Size: rapid.Int64Range(0, 100).Draw(t, "size"),
				Replicas: rapid.Permutation(ids).Draw(t, "replicas")[:rf],
			})
		}
	}
	return c
}

// apply carries moves out, and holds each against what is true of every move.
func apply(t require.TestingT, c Cluster, leaving []int32, moves []Move) Cluster {
	b := newBoard(c, Options{})
	after := Cluster{Brokers: slices.Clone(c.Brokers), Partitions: slices.Clone(c.Partitions), OneVolume: c.OneVolume}
	room := map[int32]int64{}
	takes := map[int32]bool{}
	for _, broker := range c.Brokers {
		room[broker.ID] = broker.Free
		takes[broker.ID] = !broker.Closed && !slices.Contains(leaving, broker.ID)
	}
	for _, m := range moves {
		i := slices.IndexFunc(after.Partitions, func(p Partition) bool { return p.Topic == m.Topic && p.Index == m.Index })
		p := after.Partitions[i]
		require.Equal(t, p.Replicas, m.From, "no partition moves twice")
		require.Len(t, m.To, len(m.From), "as many replicas as before")
		require.NotEqual(t, m.From, m.To)
		sorted := slices.Sorted(slices.Values(m.To))
		require.Len(t, slices.Compact(sorted), len(m.To), "no broker twice")
		require.Equal(t, p.Size*int64(len(m.Added())), m.Bytes)
		for _, id := range m.Added() {
			require.True(t, takes[id], "a broker that takes no replicas")
			if c.OneVolume {
				id = c.Brokers[0].ID
			}
			room[id] -= Options{}.room(p.Size)
			require.GreaterOrEqual(t, room[id], int64(0), "room")
		}
		left := map[string]bool{}
		for _, broker := range c.Brokers {
			if takes[broker.ID] || slices.Contains(without(m.From, leaving), broker.ID) {
				left[broker.Rack] = true
			}
		}
		require.GreaterOrEqual(t, b.racks(m.To), min(b.racks(m.From), len(left)), "racks")
		after.Partitions[i].Replicas = m.To
	}
	return after
}

func TestDrainProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCluster(t)
		var leaving []int32
		for _, broker := range c.Brokers {
			if rapid.IntRange(0, 3).Draw(t, "leaves") == 0 {
				leaving = append(leaving, broker.ID)
			}
		}
		before := fmt.Sprint(c)
		moves, err := Drain(c, leaving, Options{})
		again, errAgain := Drain(c, leaving, Options{})
		require.Equal(t, before, fmt.Sprint(c), "the input stays as it is")
		require.Equal(t, moves, again, "deterministic")
		require.Equal(t, fmt.Sprint(err), fmt.Sprint(errAgain))
		if err != nil {
			require.Empty(t, moves)
			return
		}
		after := apply(t, c, leaving, moves)
		for _, m := range moves {
			require.Empty(t, without(m.Removed(), leaving), "only replicas on brokers that leave move")
			if !slices.Contains(leaving, m.From[0]) {
				require.Equal(t, m.From[0], m.To[0], "the preferred leader stays")
			}
		}
		for _, p := range after.Partitions {
			require.Len(t, without(p.Replicas, leaving), len(p.Replicas), "nothing is left")
		}
		more, err := Drain(after, leaving, Options{})
		require.NoError(t, err)
		require.Empty(t, more, "done is done")
	})
}

func TestSpreadProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := anyCluster(t)
		how := rapid.SampledFrom([]Rebalance{New, Full}).Draw(t, "how")
		if rapid.Bool().Draw(t, "plenty") {
			for i := range c.Brokers {
				c.Brokers[i].Free = plenty
			}
		}
		before := fmt.Sprint(c)
		moves, err := Spread(c, how, Options{})
		again, _ := Spread(c, how, Options{})
		require.Equal(t, before, fmt.Sprint(c), "the input stays as it is")
		require.Equal(t, moves, again, "deterministic")
		if err != nil {
			require.ErrorContains(t, err, "has room for")
			return
		}
		after := apply(t, c, nil, moves)
		fresh := map[int32]bool{}
		closed := map[int32]bool{}
		for _, broker := range c.Brokers {
			fresh[broker.ID] = broker.New
			closed[broker.ID] = broker.Closed
		}
		for _, m := range moves {
			for _, id := range m.Removed() {
				require.False(t, closed[id], "closed brokers keep what they have")
			}
			if how == New {
				for _, id := range m.Added() {
					require.True(t, fresh[id], "only new brokers are filled")
				}
				for _, id := range m.Removed() {
					require.False(t, fresh[id], "from old ones")
				}
			}
		}
		more, err := Spread(after, how, Options{})
		require.NoError(t, err)
		require.Empty(t, more, "done is done")
	})
}

// Without racks, and with partitions that any broker can take, the number of moves is the least
// there can be: what some have too much, or others too little, whichever is more.
func TestSpreadIsMinimal(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 20).Draw(t, "brokers")
		c := Cluster{Brokers: brokers(n, 0)}
		had := make([]int, n)
		for i := range rapid.IntRange(0, 200).Draw(t, "partitions") {
			id := rapid.IntRange(0, n-1).Draw(t, "on")
			had[id]++
			c.Partitions = append(c.Partitions, Partition{Topic: "t", Index: int32(i), Replicas: []int32{int32(id)}})
		}
		moves, err := Spread(c, Full, Options{})
		require.NoError(t, err)
		least, most := len(c.Partitions)/n, (len(c.Partitions)+n-1)/n
		tooMuch, tooLittle := 0, 0
		for _, h := range had {
			tooMuch += max(0, h-most)
			tooLittle += max(0, least-h)
		}
		require.Len(t, moves, max(tooMuch, tooLittle))
	})
}

func TestSpread(t *testing.T) {
	t.Parallel()
	c := Cluster{Brokers: brokers(4, 0)}
	c.Brokers[3].New = true
	for i := range int32(40) {
		c.Partitions = append(c.Partitions, Partition{
			Topic: "t", Index: i, Size: 1 << 20, Replicas: []int32{i % 3, (i + 1) % 3, (i + 2) % 3},
		})
	}
	moves, err := Spread(c, New, Options{})
	require.NoError(t, err)
	assert.Len(t, moves, 30, "its share of 120 replicas, and no more")
	b := newBoard(apply(t, c, nil, moves), Options{})
	for _, s := range b.order {
		assert.Equal(t, 30, s.replicas)
		assert.InDelta(t, 10, s.first, 2, "leaders spread, too: broker %d", s.ID)
	}

	none, err := Spread(c, None, Options{})
	require.NoError(t, err)
	assert.Empty(t, none)
	_, err = Spread(c, "some", Options{})
	require.ErrorContains(t, err, `rebalance "some": must be none, new or full`)

	c.Brokers[3].Free = 10 << 20
	_, err = Spread(c, New, Options{})
	require.EqualError(t, err, "broker 3 has room for 409.6 KiB, and the smallest partition that would go there is t-8, which needs 1.2 MiB")
}
