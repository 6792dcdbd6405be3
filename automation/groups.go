package automation

import (
	"cmp"
	"context"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
)

// Group is a consumer group.
type Group struct {
	ID string `json:"id"`
	// State is Kafka's word for it, such as Stable or Empty.
	State string `json:"state"`
	// Lag is how many records it has yet to read, of all partitions in which it has committed an
	// offset; -1: not known.
	Lag int64 `json:"lag"`
}

// groupsOf are all consumer groups, those that are furthest behind first.
func groupsOf(a *asker, admin *kadm.Client) []Group {
	var groups []Group
	a.ask("groups", func(ctx context.Context) error {
		listed, err := admin.ListGroups(ctx)
		if err != nil || len(listed) == 0 {
			return err
		}
		var ids []string
		for _, g := range listed.Sorted() {
			if g.ProtocolType != "share" { // a share group commits no offsets
				ids = append(ids, g.Group)
			}
		}
		fetched := admin.FetchManyOffsets(ctx, ids...)
		var ends kadm.ListedOffsets
		if topics := fetched.CommittedPartitions().Topics(); len(topics) > 0 { // none would be all
			if ends, err = admin.ListEndOffsets(ctx, topics...); err != nil {
				return err
			}
		}
		for _, id := range ids {
			groups = append(groups, Group{ID: id, State: listed[id].State, Lag: lagOf(fetched[id], ends)})
		}
		return nil
	})
	slices.SortFunc(groups, func(a, b Group) int { return cmp.Or(cmp.Compare(b.Lag, a.Lag), cmp.Compare(a.ID, b.ID)) })
	return groups
}

// lagOf sums up; -1 if an offset or an end is not known.
func lagOf(committed kadm.FetchOffsetsResponse, ends kadm.ListedOffsets) int64 {
	if committed.Err != nil {
		return -1
	}
	sum := int64(0)
	for topic, partitions := range committed.Fetched {
		for index, offset := range partitions {
			if offset.At < 0 {
				continue
			}
			end, known := ends.Lookup(topic, index)
			if !known || end.Err != nil || offset.Err != nil {
				return -1
			}
			sum += max(0, end.Offset-offset.At)
		}
	}
	return sum
}
