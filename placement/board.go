package placement

import (
	"cmp"
	"slices"
)

// seat is a broker while a plan is being made.
type seat struct {
	Broker
	replicas int // replicas on it
	first    int // of those, how many are the preferred leader
}

// board is the state of a plan: who has how much.
type board struct {
	seats   map[int32]*seat
	order   []*seat // by id, so that ties are broken the same way every time
	one     bool    // volume
	options Options
}

func newBoard(c Cluster, o Options) *board {
	b := &board{seats: map[int32]*seat{}, one: c.OneVolume, options: o}
	for _, broker := range c.Brokers {
		if _, twice := b.seats[broker.ID]; twice {
			continue
		}
		s := &seat{Broker: broker}
		b.seats[broker.ID] = s
		b.order = append(b.order, s)
	}
	slices.SortFunc(b.order, func(x, y *seat) int { return cmp.Compare(x.ID, y.ID) })
	for _, p := range c.Partitions {
		b.count(p.Replicas, 1)
	}
	return b
}

// count adds a partition's replicas to the brokers that have them, or takes them off.
func (b *board) count(replicas []int32, by int) {
	for i, id := range replicas {
		s := b.seats[id]
		if s == nil {
			continue // unregistered, with replicas left behind
		}
		s.replicas += by
		if i == 0 {
			s.first += by
		}
	}
}

// open are the brokers that take replicas.
func (b *board) open() []*seat {
	var open []*seat
	for _, s := range b.order {
		if !s.Closed {
			open = append(open, s)
		}
	}
	return open
}

// racks is in how many racks these brokers stand. Where a broker that is not registered
// stood, nobody knows.
func (b *board) racks(ids []int32) int {
	var seen []string // a handful of replicas: a list is quicker than a map
	for _, id := range ids {
		if s := b.seats[id]; s != nil && !slices.Contains(seen, s.Rack) {
			seen = append(seen, s.Rack)
		}
	}
	return len(seen)
}

// inRackOf reports whether one of these brokers stands in the seat's rack.
func (b *board) inRackOf(s *seat, ids []int32) bool {
	return slices.ContainsFunc(ids, func(id int32) bool {
		other := b.seats[id]
		return other != nil && other.Rack == s.Rack
	})
}

// use takes room where a replica arrives. What leaves gives none back, since Kafka deletes it only
// when the copy is complete.
func (b *board) use(s *seat, room int64) {
	if !b.one {
		s.Free -= room
		return
	}
	for _, each := range b.order {
		each.Free -= room
	}
}

// place writes down where a partition moves.
func (b *board) place(p Partition, to []int32) Move {
	move := Move{Topic: p.Topic, Index: p.Index, From: slices.Clone(p.Replicas), To: to}
	move.Bytes = p.Size * int64(len(move.Added()))
	b.count(p.Replicas, -1)
	b.count(to, 1)
	return move
}
