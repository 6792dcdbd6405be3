package placement

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const plenty = 1 << 50

// brokers are n brokers with much room, one rack each for racks of them.
func brokers(n, racks int) []Broker {
	var list []Broker
	for i := range n {
		rack := ""
		if racks > 0 {
			rack = string(rune('a' + i%racks))
		}
		list = append(list, Broker{ID: int32(i), Rack: rack, Free: plenty})
	}
	return list
}

func TestDrain(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cluster Cluster
		leaving []int32
		want    []Move
	}{
		"nothing there": {Cluster{Brokers: brokers(4, 0)}, []int32{3}, nil},
		"only what is on it moves, and the leader stays": {
			Cluster{Brokers: brokers(4, 0), Partitions: []Partition{
				{Topic: "a", Index: 0, Replicas: []int32{0, 1, 2}, Size: 10},
				{Topic: "a", Index: 1, Replicas: []int32{1, 3, 2}, Size: 10},
			}},
			[]int32{3},
			[]Move{{Topic: "a", Index: 1, From: []int32{1, 3, 2}, To: []int32{1, 0, 2}, Bytes: 10}},
		},
		"of two that lead as little, the one in sync is first": {
			Cluster{Brokers: brokers(4, 0), Partitions: []Partition{{Topic: "a", Replicas: []int32{3, 1}, Size: 10}}},
			[]int32{3},
			[]Move{{Topic: "a", From: []int32{3, 1}, To: []int32{1, 0}, Bytes: 10}},
		},
		"the rack that has none": {
			Cluster{Brokers: brokers(6, 3), Partitions: []Partition{{Topic: "a", Replicas: []int32{0, 1, 2}, Size: 10}}},
			[]int32{2},
			[]Move{{Topic: "a", From: []int32{0, 1, 2}, To: []int32{0, 1, 5}, Bytes: 10}},
		},
		"a rack that is gone counts no more": {
			Cluster{Brokers: brokers(4, 4), Partitions: []Partition{{Topic: "a", Replicas: []int32{0, 3}, Size: 10}}},
			[]int32{3, 1},
			[]Move{{Topic: "a", From: []int32{0, 3}, To: []int32{0, 2}, Bytes: 10}},
		},
		"left behind by a broker that is not registered": {
			Cluster{Brokers: brokers(3, 0), Partitions: []Partition{{Topic: "a", Replicas: []int32{0, 9}, Size: 10}}},
			[]int32{9},
			[]Move{{Topic: "a", From: []int32{0, 9}, To: []int32{0, 1}, Bytes: 10}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := Drain(c.cluster, c.leaving, Options{})
			require.NoError(t, err)
			assert.Equal(t, c.want, got)
		})
	}
}

// Two replicas of one partition need room twice where all brokers share a volume.
func TestDrainOnOneVolume(t *testing.T) {
	t.Parallel()
	c := Cluster{Brokers: brokers(4, 0), OneVolume: true, Partitions: []Partition{{Topic: "a", Replicas: []int32{2, 3}, Size: 100}}}
	for free, fits := range map[int64]bool{239: false, 240: true} {
		for i := range c.Brokers {
			c.Brokers[i].Free = free
		}
		_, err := Drain(c, []int32{2, 3}, Options{})
		if fits {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, "partition a-0 needs 120 B, and the one volume of all brokers has 119 B beside what moves before it")
	}
}

// Every problem is named, with the topic, the broker and the bytes.
func TestDrainRefuses(t *testing.T) {
	t.Parallel()
	c := Cluster{Brokers: brokers(4, 0), Partitions: []Partition{
		{Topic: "four", Index: 0, Replicas: []int32{0, 1, 2, 3}, Size: 1},
		{Topic: "four", Index: 1, Replicas: []int32{3, 1, 2, 0}, Size: 1},
		{Topic: "big", Index: 0, Replicas: []int32{3, 0}, Size: 1 << 30},
		{Topic: "small", Index: 0, Replicas: []int32{3, 0}, Size: 100},
	}}
	c.Brokers[1].Free, c.Brokers[2].Free = 1<<30, 1<<29
	_, err := Drain(c, []int32{3}, Options{})
	require.Error(t, err)
	assert.Equal(t, "partition big-0 needs 1.2 GiB, and of the brokers that could take it 1 has the most room, 1.0 GiB\n"+
		"topic four has 4 replicas, and only 3 brokers stay that can hold one", err.Error())

	c.Brokers[0].Closed = true
	c.Partitions = []Partition{{Topic: "p", Replicas: []int32{3, 1, 2}, Size: 1}}
	_, err = Drain(c, []int32{3}, Options{})
	require.ErrorContains(t, err, "topic p has 3 replicas, and only 2 brokers stay")

	racks := Cluster{Brokers: brokers(4, 2), Partitions: []Partition{{Topic: "r", Replicas: []int32{0, 1}, Size: 1 << 20}}}
	racks.Brokers[3].Free = 0
	_, err = Drain(racks, []int32{1}, Options{})
	require.ErrorContains(t, err, "partition r-0 (1.0 MiB) would stand in 1 racks instead of 2")
}

// A large partition gets the room before small ones use it up.
func TestDrainLargestFirst(t *testing.T) {
	t.Parallel()
	c := Cluster{
		Brokers: []Broker{{ID: 0, Free: 120}, {ID: 1, Free: 12}, {ID: 2}},
		Partitions: []Partition{
			{Topic: "a", Replicas: []int32{2}, Size: 10}, {Topic: "b", Replicas: []int32{2}, Size: 100},
		},
	}
	moves, err := Drain(c, []int32{2}, Options{})
	require.NoError(t, err)
	assert.Equal(t, []int32{1}, moves[0].To)
	assert.Equal(t, []int32{0}, moves[1].To)
}

// Folders of one file system have its room together, though each of them says that it has all.
func TestOneVolume(t *testing.T) {
	t.Parallel()
	c := Cluster{Partitions: []Partition{{Topic: "a", Replicas: []int32{2}, Size: 100}, {Topic: "b", Replicas: []int32{2}, Size: 50}}}
	for id := range int32(3) {
		c.Brokers = append(c.Brokers, Broker{ID: id, Free: 150, New: id < 2})
	}
	moves, err := Drain(c, []int32{2}, Options{})
	require.NoError(t, err, "each has room for one of them")
	require.Len(t, moves, 2)
	c.OneVolume = true
	_, err = Drain(c, []int32{2}, Options{})
	require.EqualError(t, err, "partition b-0 needs 60 B, and the one volume of all brokers has 30 B beside what moves before it")

	c.Partitions = append(c.Partitions, Partition{Topic: "c", Replicas: []int32{2}, Size: 100})
	_, err = Spread(c, New, Options{})
	require.ErrorContains(t, err, "broker 1 has room for 90 B, and the smallest partition that would go there is a-0")
	c.OneVolume = false
	moves, err = Spread(c, New, Options{})
	require.NoError(t, err)
	require.Len(t, moves, 2)
}

func TestBytes(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{-1: "0 B", 1023: "1023 B", 1024: "1.0 KiB", 13_314_398_618: "12.4 GiB", 1 << 62: "4.0 EiB"} {
		assert.Equal(t, want, Bytes(n))
	}
	assert.Equal(t, []int32{1}, without([]int32{0, 1, 2}, []int32{2, 0}))
	assert.Equal(t, int64(10), Options{Headroom: 0.1}.room(10))
	assert.Equal(t, int64(12), Options{}.room(10))
}
