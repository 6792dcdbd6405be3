package lag

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// cluster is a broker that coordinates some groups, and the leaders of their partitions.
type cluster struct {
	groups    []wire.Group
	members   map[string]int
	committed map[string]map[wire.TopicPartition]int64
	positions map[string]map[wire.TopicPartition]wire.SharePosition
	lead      map[wire.TopicPartition]int   // the leader's id
	end       map[wire.TopicPartition]int64 // as its leader tells it
	silent    string                        // the address that does not answer
	slow      time.Duration                 // of every answer
	asked     int                           // for committed offsets
}

func (c *cluster) Groups() ([]wire.Group, error) {
	if c.groups == nil {
		return nil, errors.New("the coordinator loads its groups")
	}
	return c.groups, nil
}

func (c *cluster) Members(kind wire.GroupType, groups []string) (map[string]int, error) {
	out := map[string]int{}
	for _, g := range c.groups {
		if n, known := c.members[g.ID]; known && g.Type == kind && slices.Contains(groups, g.ID) {
			out[g.ID] = n
		}
	}
	return out, nil
}

func (c *cluster) Committed(groups []string) (map[string]map[wire.TopicPartition]int64, error) {
	c.asked++
	time.Sleep(c.slow)
	out := map[string]map[wire.TopicPartition]int64{}
	for _, id := range groups {
		if offsets, known := c.committed[id]; known {
			out[id] = offsets
		}
	}
	return out, nil
}

func (c *cluster) SharePositions(groups []string) (map[string]map[wire.TopicPartition]wire.SharePosition, error) {
	out := map[string]map[wire.TopicPartition]wire.SharePosition{}
	for _, id := range groups {
		out[id] = c.positions[id]
	}
	return out, nil
}

func (c *cluster) Metadata(topics []string) (map[int]string, []wire.Partition, error) {
	var out []wire.Partition
	for p, leader := range c.lead {
		if slices.Contains(topics, p.Topic) {
			out = append(out, wire.Partition{Topic: p.Topic, Index: p.Index, Leader: leader})
		}
	}
	return map[int]string{0: "a:9092", 1: "b:9092"}, out, nil
}

func (c *cluster) ends(address string, partitions []wire.TopicPartition) (map[wire.TopicPartition]int64, error) {
	if address == c.silent {
		return nil, errors.New("no answer")
	}
	out := map[wire.TopicPartition]int64{}
	for _, p := range partitions {
		if want := map[string]int{"a:9092": 0, "b:9092": 1}[address]; c.lead[p] != want {
			return nil, fmt.Errorf("%v is asked for at %s", p, address)
		}
		if p == at("order", 2) {
			return nil, errors.New("nobody has committed an offset in order-2")
		}
		if end, known := c.end[p]; known {
			out[p] = end
		}
	}
	return out, nil
}

func at(topic string, index int) wire.TopicPartition {
	return wire.TopicPartition{Topic: topic, Index: index}
}

// shop is a cluster with a group of each type, one of which is gone by the time that it is asked for.
func shop() *cluster {
	return &cluster{
		groups: []wire.Group{
			{ID: "shared", Type: wire.ShareGroup}, {ID: "orders", Type: wire.ConsumerGroup}, {ID: "gone", Type: wire.ClassicGroup},
			{ID: "bills", Type: wire.ClassicGroup}, {ID: "idle", Type: wire.ClassicGroup, Empty: true}, {ID: "streams", Type: "streams"},
		},
		members: map[string]int{"shared": 3, "orders": 2, "bills": 1},
		committed: map[string]map[wire.TopicPartition]int64{
			"orders":  {at("order", 1): 40, at("order", 0): 7},
			"bills":   {at("bill", 0): 5, at("order", 0): 10},
			"idle":    {},
			"streams": {at("bill", 0): 1},
		},
		positions: map[string]map[wire.TopicPartition]wire.SharePosition{"shared": {at("order", 0): {Start: 3, Lag: 7}}},
		lead:      map[wire.TopicPartition]int{at("order", 0): 0, at("order", 1): 1, at("order", 2): 0, at("bill", 0): -1, at("other", 0): 0},
		end:       map[wire.TopicPartition]int64{at("order", 0): 9, at("order", 1): 140},
	}
}

func (c *cluster) round(t *testing.T) Report {
	t.Helper()
	report, err := round{c, c, time.Now().Add(longest)}.ask()
	if err != nil {
		t.Fatal(err)
	}
	report.At, report.Done = time.Time{}, time.Time{}
	return report
}

func TestRound(t *testing.T) {
	got := shop().round(t)
	want := Report{
		Groups: []Group{
			{ID: "bills", Members: 1, Partitions: []Partition{{at("bill", 0), 5, -1}, {at("order", 0), 10, 0}}}, // committed since
			{ID: "idle", Members: 0},
			{ID: "orders", Members: 2, Partitions: []Partition{{at("order", 0), 7, 2}, {at("order", 1), 40, 100}}},
			{ID: "shared", Share: true, Members: 3, Partitions: []Partition{{at("order", 0), 3, 7}}},
			{ID: "streams", Members: -1, Partitions: []Partition{{at("bill", 0), 1, -1}}},
		},
		LeftOut: LeftOut{Groups: 1, Partitions: 2}, // the one that is gone; twice the partition without a leader
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// A leader that does not answer takes only its own partitions away.
func TestASilentLeader(t *testing.T) {
	c := shop()
	c.silent = "b:9092"
	got := c.round(t)
	if orders := got.Groups[2].Partitions; orders[0].Lag != 2 || orders[1].Lag != -1 || got.LeftOut.Partitions != 3 {
		t.Errorf("%+v", got)
	}
}

func TestABrokerThatTellsNoGroups(t *testing.T) {
	c := &cluster{}
	if report, err := (round{c, c, time.Now().Add(longest)}).ask(); err == nil {
		t.Errorf("%+v", report)
	}
}

// What is beyond the limits is left out and counted, and always the same; nobody is asked for what
// there is no room for.
func TestLimits(t *testing.T) {
	c := &cluster{committed: map[string]map[wire.TopicPartition]int64{}, lead: map[wire.TopicPartition]int{}, end: map[wire.TopicPartition]int64{}}
	for i := range 16 {
		c.lead[at("t", i)], c.end[at("t", i)] = 0, 3
	}
	for i := mostGroups + 6; i > 0; i-- {
		id := fmt.Sprintf("g%04d", i)
		c.groups = append(c.groups, wire.Group{ID: id, Type: wire.ClassicGroup, Empty: true})
		c.committed[id] = map[wire.TopicPartition]int64{}
		for index := range 16 {
			c.committed[id][at("t", index)] = 1
		}
	}
	got := c.round(t)
	batches := (mostPartitions/16 + batch - 1) / batch
	told, all := batches*batch, mostGroups+6
	if c.asked != batches || len(got.Groups) != told || got.Groups[0].ID != "g0001" || got.Groups[told-1].ID != fmt.Sprintf("g%04d", told) {
		t.Errorf("asked %d times, %d groups from %s on", c.asked, len(got.Groups), got.Groups[0].ID)
	}
	if got.LeftOut != (LeftOut{all - told, told*16 - mostPartitions}) {
		t.Errorf("%+v", got.LeftOut)
	}
	partitions := 0
	for _, g := range got.Groups {
		partitions += len(g.Partitions)
	}
	if first := got.Groups[0].Partitions; partitions != mostPartitions || len(first) != 16 || first[15].Lag != 2 {
		t.Errorf("%d partitions, %+v", partitions, first)
	}
}

// Many small groups are as many as may be told of.
func TestMostGroups(t *testing.T) {
	c := &cluster{committed: map[string]map[wire.TopicPartition]int64{}}
	for i := range mostGroups + 6 {
		id := fmt.Sprintf("g%04d", i)
		c.groups = append(c.groups, wire.Group{ID: id, Type: wire.ClassicGroup, Empty: true})
		c.committed[id] = map[wire.TopicPartition]int64{}
	}
	if got := c.round(t); len(got.Groups) != mostGroups || got.LeftOut.Groups != 6 {
		t.Errorf("%d groups, %+v", len(got.Groups), got.LeftOut)
	}
}

// A broker that is slow is asked no more once the time is over.
func TestTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &cluster{committed: map[string]map[wire.TopicPartition]int64{}, slow: longest/2 + time.Second}
		for i := range 5 * batch {
			id := fmt.Sprintf("g%04d", i)
			c.groups = append(c.groups, wire.Group{ID: id, Type: wire.ClassicGroup, Empty: true})
			c.committed[id] = map[wire.TopicPartition]int64{at("t", 0): 1}
		}
		got := c.round(t)
		if c.asked != 2 || len(got.Groups) != 2*batch || got.LeftOut != (LeftOut{3 * batch, 2 * batch}) {
			t.Errorf("asked %d times, %d groups, %+v", c.asked, len(got.Groups), got.LeftOut)
		}
	})
}
