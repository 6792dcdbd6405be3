package placement

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Drain plans how no replica stays on the brokers that leave. Replicas elsewhere do not move.
// Brokers that leave need not be registered any more: what they left behind gets a place, too.
//
// The error has a line for every topic that has more replicas than brokers stay, and for every
// partition that finds no room. Room is given away greedily, the largest partition first, so
// that a cluster with hardly any left may be refused although somebody patient could fill it.
func Drain(c Cluster, leaving []int32, o Options) ([]Move, error) {
	b := newBoard(c, o)
	for _, id := range leaving {
		if s := b.seats[id]; s != nil {
			s.Closed = true
		}
	}
	open := b.open()

	var concerned []Partition
	for _, p := range c.Partitions {
		if slices.ContainsFunc(p.Replicas, func(id int32) bool { return slices.Contains(leaving, id) }) {
			concerned = append(concerned, p)
		}
	}
	slices.SortStableFunc(concerned, func(x, y Partition) int {
		return cmp.Or(cmp.Compare(y.Size, x.Size), cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.Index, y.Index))
	})

	var moves []Move
	var problems []error
	tooFew := map[string]bool{}
	for _, p := range concerned {
		if len(p.Replicas) > b.reach(p, leaving, open) {
			if !tooFew[p.Topic] {
				tooFew[p.Topic] = true
				problems = append(problems, fmt.Errorf("topic %s has %d replicas, and only %d brokers stay that can hold one",
					p.Topic, len(p.Replicas), b.reach(p, leaving, open)))
			}
			continue
		}
		to, err := b.refill(p, leaving, open)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		moves = append(moves, b.place(p, to))
	}
	if problems != nil {
		return nil, errors.Join(problems...)
	}
	slices.SortFunc(moves, byName)
	return moves, nil
}

// reach is how many brokers could hold this partition: those that take replicas, and those
// that take none but have it and keep it.
func (b *board) reach(p Partition, leaving []int32, open []*seat) int {
	n := len(open)
	for _, id := range without(p.Replicas, leaving) {
		if s := b.seats[id]; s == nil || s.Closed {
			n++
		}
	}
	return n
}

// refill replaces the replicas that leave, each in its place, and then settles who is first. The
// room of each is taken at once, since on one volume the next one has less.
func (b *board) refill(p Partition, leaving []int32, open []*seat) (to []int32, err error) {
	stay := without(p.Replicas, leaving)
	to = slices.Clone(p.Replicas)
	racksLeft := b.racksOf(open, stay)
	var taken []*seat
	defer func() {
		if err != nil {
			for _, s := range taken {
				b.use(s, -b.options.room(p.Size))
			}
		}
	}()
	for i, id := range to {
		if !slices.Contains(leaving, id) {
			continue
		}
		s := b.choose(p, stay, open)
		if s == nil {
			return nil, b.noRoom(p, stay, open)
		}
		b.use(s, b.options.room(p.Size))
		taken = append(taken, s)
		to[i] = s.ID
		stay = append(stay, s.ID)
	}
	if b.racks(to) < min(b.racks(p.Replicas), racksLeft) {
		return nil, fmt.Errorf("partition %s (%s) would stand in %d racks instead of %d: the brokers of the other racks have no room",
			p, Bytes(p.Size), b.racks(to), b.racks(p.Replicas))
	}
	if slices.Contains(leaving, p.Replicas[0]) {
		b.promote(to, p.Replicas)
	}
	return to, nil
}

// racksOf is in how many racks replicas could stand.
func (b *board) racksOf(open []*seat, stay []int32) int {
	ids := slices.Clone(stay)
	for _, s := range open {
		ids = append(ids, s.ID)
	}
	return b.racks(ids)
}

// choose picks the broker for one more replica beside these: in a rack that has none, with the
// fewest replicas, with the most room. nil if none has room.
func (b *board) choose(p Partition, beside []int32, open []*seat) *seat {
	var best *seat
	bestShares := false
	for _, s := range open {
		if slices.Contains(beside, s.ID) || s.Free < b.options.room(p.Size) {
			continue
		}
		shares := b.inRackOf(s, beside)
		better := best == nil
		switch {
		case better:
		case shares != bestShares:
			better = bestShares
		case s.replicas != best.replicas:
			better = s.replicas < best.replicas
		default:
			better = s.Free > best.Free
		}
		if better {
			best, bestShares = s, shares
		}
	}
	return best
}

// promote puts that replica first which leads the fewest partitions; of two, one that has the
// records already.
func (b *board) promote(to, before []int32) {
	best := 0
	for i := 1; i < len(to); i++ {
		has := slices.Contains(before, to[i]) && !slices.Contains(before, to[best])
		less := cmp.Compare(b.leads(to[i]), b.leads(to[best]))
		if less < 0 || less == 0 && has {
			best = i
		}
	}
	to[0], to[best] = to[best], to[0]
}

// leads is of how many partitions a broker is the preferred leader.
func (b *board) leads(id int32) int {
	if s := b.seats[id]; s != nil {
		return s.first
	}
	return 0
}

// noRoom says how much a partition needs, and where the most is left.
func (b *board) noRoom(p Partition, beside []int32, open []*seat) error {
	var most *seat
	for _, s := range open {
		if !slices.Contains(beside, s.ID) && (most == nil || s.Free > most.Free) {
			most = s
		}
	}
	if most == nil {
		return fmt.Errorf("partition %s: no broker is left that does not have it", p)
	}
	if b.one {
		return fmt.Errorf("partition %s needs %s, and the one volume of all brokers has %s beside what moves before it",
			p, Bytes(b.options.room(p.Size)), Bytes(most.Free))
	}
	return fmt.Errorf("partition %s needs %s, and of the brokers that could take it %d has the most room, %s",
		p, Bytes(b.options.room(p.Size)), most.ID, Bytes(most.Free))
}
