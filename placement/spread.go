package placement

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Rebalance is how far [Spread] goes.
type Rebalance string

const (
	// None moves nothing.
	None Rebalance = "none"
	// New gives every new broker its share and moves nothing else.
	New Rebalance = "new"
	// Full evens out: afterwards no two brokers differ by more than one replica, where racks
	// and the partitions themselves allow it.
	Full Rebalance = "full"
)

// Spread plans how replicas go from brokers that have many to those that have few, with as few
// moves as possible. Brokers that are closed take part in nothing.
//
// The error has a line for every broker that would get less than its share because it has no
// room for the smallest partition that could go there.
func Spread(c Cluster, how Rebalance, o Options) ([]Move, error) {
	switch how {
	case None:
		return nil, nil
	case New, Full:
	default:
		return nil, fmt.Errorf("rebalance %q: must be %s, %s or %s", how, None, New, Full)
	}
	s := newSpreading(c, o)
	if len(s.seats) == 0 {
		return nil, nil
	}
	for s.step(how) {
	}
	if len(s.full) > 0 {
		var problems []error
		for _, seat := range s.seats {
			if smallest, full := s.full[seat.ID]; full {
				problems = append(problems, fmt.Errorf("broker %d has room for %s, and the smallest partition that would go there is %s, which needs %s",
					seat.ID, Bytes(seat.Free), smallest, Bytes(o.room(smallest.Size))))
			}
		}
		return nil, errors.Join(problems...)
	}
	return s.moves(), nil
}

// spreading is a plan in the making: where every partition is now.
type spreading struct {
	*board
	seats      []*seat
	partitions []Partition // as they will be
	before     []Partition
	held       map[int32][]int // broker: partitions that it has, by index
	full       map[int32]Partition
}

func newSpreading(c Cluster, o Options) *spreading {
	b := newBoard(c, o)
	s := &spreading{board: b, seats: b.open(), before: slices.Clone(c.Partitions), held: map[int32][]int{}, full: map[int32]Partition{}}
	slices.SortStableFunc(s.before, func(x, y Partition) int { // small ones first: the fewest bytes
		return cmp.Or(cmp.Compare(x.Size, y.Size), cmp.Compare(x.Topic, y.Topic), cmp.Compare(x.Index, y.Index))
	})
	s.partitions = slices.Clone(s.before)
	for i, p := range s.before {
		for _, id := range p.Replicas {
			s.held[id] = append(s.held[id], i)
		}
	}
	return s
}

// step moves one replica, and reports whether there was one to move. Every step takes one from
// a broker with at least two more than the one that gets it, so that the sum of squares
// shrinks and the steps come to an end.
func (s *spreading) step(how Rebalance) bool {
	clear(s.full) // only what stands in the way of the last step is in the way of the plan
	givers := slices.Clone(s.seats)
	slices.SortStableFunc(givers, func(x, y *seat) int { return cmp.Compare(y.replicas, x.replicas) })
	takers := slices.Clone(s.seats)
	slices.SortStableFunc(takers, func(x, y *seat) int { return cmp.Compare(x.replicas, y.replicas) })
	share := s.share()
	for _, taker := range takers {
		if how == New && (!taker.New || taker.replicas >= share) {
			continue
		}
		for _, giver := range givers {
			if how == New && giver.New {
				continue
			}
			if giver.replicas-taker.replicas < 2 {
				break // those that follow have even less
			}
			if s.give(giver, taker) {
				return true
			}
		}
	}
	return false
}

// share is what every broker has at least when all is even.
func (s *spreading) share() int {
	total := 0
	for _, seat := range s.seats {
		total += seat.replicas
	}
	return total / len(s.seats)
}

// give moves one replica between two brokers, if a partition allows it. A taker that leads less
// than the giver gets a first replica, else another one, so that leaders spread, too.
func (s *spreading) give(giver, taker *seat) bool {
	wantsFirst := giver.first-taker.first >= 2
	for _, first := range []bool{wantsFirst, !wantsFirst} {
		for _, i := range s.held[giver.ID] {
			p := s.partitions[i]
			if (p.Replicas[0] == giver.ID) != first || slices.Contains(p.Replicas, taker.ID) {
				continue
			}
			to := slices.Clone(p.Replicas)
			to[slices.Index(to, giver.ID)] = taker.ID
			if s.racks(to) < s.racks(p.Replicas) {
				continue
			}
			back := slices.Contains(s.before[i].Replicas, taker.ID) // it never left
			if !back && taker.Free < s.options.room(p.Size) {
				if smallest, known := s.full[taker.ID]; !known || p.Size < smallest.Size {
					s.full[taker.ID] = p
				}
				continue
			}
			s.move(i, giver, taker, to, back)
			return true
		}
	}
	return false
}

func (s *spreading) move(i int, giver, taker *seat, to []int32, back bool) {
	p := s.partitions[i]
	if !back {
		s.use(taker, s.options.room(p.Size))
	}
	if !slices.Contains(s.before[i].Replicas, giver.ID) { // it came here in this plan: nothing is copied
		s.use(giver, -s.options.room(p.Size))
	}
	s.count(p.Replicas, -1)
	s.count(to, 1)
	s.partitions[i].Replicas = to
	s.held[giver.ID] = slices.DeleteFunc(s.held[giver.ID], func(j int) bool { return j == i })
	at, _ := slices.BinarySearch(s.held[taker.ID], i)
	s.held[taker.ID] = slices.Insert(s.held[taker.ID], at, i)
}

// moves are the partitions that changed.
func (s *spreading) moves() []Move {
	var moves []Move
	for i, p := range s.partitions {
		if slices.Equal(p.Replicas, s.before[i].Replicas) {
			continue
		}
		move := Move{Topic: p.Topic, Index: p.Index, From: slices.Clone(s.before[i].Replicas), To: p.Replicas}
		move.Bytes = p.Size * int64(len(move.Added()))
		moves = append(moves, move)
	}
	slices.SortFunc(moves, byName)
	return moves
}
