package automation

import (
	"context"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// Replication is how well the partitions of all topics are.
type Replication struct {
	Partitions int `json:"partitions"`
	// Offline have no leader: nobody can read or write them.
	Offline int `json:"offline"`
	// UnderMinISR have less replicas in sync than min.insync.replicas, so that producers with
	// acks=all are refused; -1: not known.
	UnderMinISR int `json:"underMinISR"`
	// UnderReplicated have a replica that is missing or behind. One that only comes, in a move, is
	// none.
	UnderReplicated int `json:"underReplicated"`
}

// replicationOf counts. Only of topics with a replica that is not in sync it has to know more.
func replicationOf(a *asker, admin ops.Admin, partitions []ops.Partition, moving []Move) *Replication {
	coming := map[string]map[int32][]int32{} // by topic and index
	for _, m := range moving {
		if coming[m.Topic] == nil {
			coming[m.Topic] = map[int32][]int32{}
		}
		coming[m.Topic][m.Partition] = m.To
	}
	r := &Replication{Partitions: len(partitions)}
	var short []ops.Partition
	var topics []string
	for _, p := range partitions {
		if p.Leader < 0 {
			r.Offline++
		}
		if len(p.ISR) < len(p.Replicas) {
			short, topics = append(short, p), append(topics, p.Topic)
		}
		if slices.ContainsFunc(p.Replicas, func(id int32) bool {
			return !slices.Contains(p.ISR, id) && !slices.Contains(coming[p.Topic][p.Index], id)
		}) {
			r.UnderReplicated++
		}
	}
	if len(short) == 0 {
		return r
	}
	slices.Sort(topics)
	var least map[string]int
	if !a.ask("min.insync.replicas", func(ctx context.Context) (err error) {
		least, err = admin.MinInSync(ctx, slices.Compact(topics))
		return err
	}) {
		r.UnderMinISR = -1
		return r
	}
	for _, p := range short {
		if len(p.ISR) < least[p.Topic] {
			r.UnderMinISR++
		}
	}
	return r
}
