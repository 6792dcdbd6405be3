package lag

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// coordinator is the broker that is asked (wire.Client).
type coordinator interface {
	Groups() ([]wire.Group, error)
	Members(kind wire.GroupType, groups []string) (map[string]int, error)
	Committed(groups []string) (map[string]map[wire.TopicPartition]int64, error)
	SharePositions(groups []string) (map[string]map[wire.TopicPartition]wire.SharePosition, error)
	Metadata(topics []string) (map[int]string, []wire.Partition, error)
}

// leaders tell where partitions end, each those that it leads.
type leaders interface {
	ends(address string, partitions []wire.TopicPartition) (map[wire.TopicPartition]int64, error)
}

// batch is how many groups are asked for in one request: few, since the broker tells all of their partitions, whatever there
// is room for.
const batch = 20

// round asks for everything once.
type round struct {
	broker  coordinator
	leaders leaders
	until   time.Time // no request begins after it
}

// ask returns what it found. The error is that the broker does not tell its groups; that it tells less of some of them is in
// the report.
func (r round) ask() (Report, error) {
	report := Report{At: time.Now()}
	all, err := r.broker.Groups()
	if err != nil {
		return report, fmt.Errorf("groups: %w", err)
	}
	groups, left := first(all)
	report.LeftOut.Groups = left
	room := mostPartitions
	for part := range slices.Chunk(groups, batch) {
		if room == 0 || r.over() {
			report.LeftOut.Groups += len(part)
			continue
		}
		told := len(report.Groups)
		r.askFor(part, &report)
		room = report.trim(told, room)
	}
	report.measure(r.ends(report))
	report.Done = time.Now()
	return report, nil
}

func (r round) over() bool { return time.Now().After(r.until) }

// askFor adds some groups to the report.
func (r round) askFor(groups []wire.Group, report *Report) {
	var consumers, shares []string
	for _, g := range groups {
		if g.Type == wire.ShareGroup {
			shares = append(shares, g.ID)
		} else {
			consumers = append(consumers, g.ID)
		}
	}
	members := r.members(groups)
	add := func(id string, share bool, partitions []Partition) {
		g := Group{ID: id, Share: share, Members: -1, Partitions: partitions}
		if n, known := members[id]; known {
			g.Members = n
		}
		report.Groups = append(report.Groups, g)
	}
	if len(consumers) > 0 {
		committed, _ := r.broker.Committed(consumers) // without an answer they are left out
		for _, id := range consumers {
			offsets, known := committed[id]
			if !known {
				report.LeftOut.Groups++
				continue
			}
			var partitions []Partition
			for of, offset := range offsets {
				partitions = append(partitions, Partition{of, offset, -1})
			}
			add(id, false, partitions)
		}
	}
	if len(shares) > 0 {
		positions, _ := r.broker.SharePositions(shares)
		for _, id := range shares {
			at, known := positions[id]
			if !known {
				report.LeftOut.Groups++
				continue
			}
			var partitions []Partition
			for of, position := range at {
				partitions = append(partitions, Partition{of, position.Start, position.Lag})
			}
			add(id, true, partitions)
		}
	}
}

// members counts those of groups that have any. Whom nobody tells of is missing.
func (r round) members(groups []wire.Group) map[string]int {
	count, ask := map[string]int{}, map[wire.GroupType][]string{}
	for _, g := range groups {
		switch {
		case g.Empty:
			count[g.ID] = 0
		case g.Type == wire.ClassicGroup || g.Type == wire.ConsumerGroup || g.Type == wire.ShareGroup:
			ask[g.Type] = append(ask[g.Type], g.ID)
		}
	}
	for kind, ids := range ask {
		if r.over() {
			break
		}
		heard, err := r.broker.Members(kind, ids)
		if err != nil {
			continue
		}
		for id, n := range heard {
			count[id] = n
		}
	}
	return count
}

// ends asks the leaders of all partitions of consumer groups where these end, all at the same time.
func (r round) ends(report Report) map[wire.TopicPartition]int64 {
	wanted := map[wire.TopicPartition]bool{}
	var topics []string
	for _, g := range report.Groups {
		for _, p := range g.Partitions {
			if !g.Share {
				wanted[p.TopicPartition] = true
				topics = append(topics, p.Topic)
			}
		}
	}
	found := map[wire.TopicPartition]int64{}
	if len(wanted) == 0 || r.over() {
		return found
	}
	slices.Sort(topics)
	addresses, partitions, err := r.broker.Metadata(slices.Compact(topics))
	if err != nil || r.over() {
		return found
	}
	led := map[string][]wire.TopicPartition{}
	for _, p := range partitions {
		of := wire.TopicPartition{Topic: p.Topic, Index: p.Index}
		if address, known := addresses[p.Leader]; known && wanted[of] {
			led[address] = append(led[address], of)
		}
	}
	var mu sync.Mutex
	var group sync.WaitGroup
	for address, of := range led {
		group.Add(1)
		go func() {
			defer group.Done()
			heard, err := r.leaders.ends(address, of)
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			for p, end := range heard {
				found[p] = end
			}
		}()
	}
	group.Wait()
	return found
}
