package ops

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// Evacuation says which brokers of a pool stay. The others are emptied.
type Evacuation struct {
	Range Range   // the pool's ids
	Keep  []int32 // ids of the range that stay; those that are not there yet may be among them
	Pace
}

// EvacuationReport is what was done.
type EvacuationReport struct {
	Leaving   []int32 // brokers that are empty now
	Cordoned  []int32 // of those, the ones that were not cordoned before
	Released  []int32 // brokers that stay and had a cordon of ours
	Cancelled int     // reassignments that took replicas off brokers that stay
	Moved     int     // partitions
	Bytes     int64   // that were copied for them
	Remarks   []string
}

// between is the time between the two looks that must both find a broker empty. A broker's
// metadata is behind the controllers' by less.
const between = 2 * time.Second

// Evacuate empties the brokers of a range that do not stay, and returns when there is no replica
// on them: none assigned, none on its way, none on their volumes. They stay cordoned.
//
// Brokers that do stay lose the cordon that an earlier call has set, and reassignments that take
// replicas off them are cancelled: so an evacuation is taken back. That comes first, and is
// done even if the rest is refused. A broker of the range that is fenced is emptied without a
// cordon, for which it would have to answer; nothing new is put there either.
//
// A throttle of a reassignment that was left behind is taken away at the start, unless somebody
// else moves partitions; the call's own is always taken away, also when ctx ends. What Kafka was
// told to move then goes on without it; the next call waits for that.
func Evacuate(ctx context.Context, admin Admin, e Evacuation, progress Progress) (report EvacuationReport, err error) {
	if err := e.Check(); err != nil {
		return report, err
	}
	w := newWorker(admin, e.Pace, progress)
	defer func() { err = w.leave(ctx, err) }()

	s, err := w.look(ctx)
	if err != nil {
		return report, err
	}
	if err := w.takeBack(ctx, e, s, &report); err != nil {
		return report, err
	}
	if err := w.try(ctx, func(ctx context.Context) error {
		s, err = w.glance(ctx)
		return err
	}); err != nil {
		return report, err
	}
	if !e.foreign(s) {
		if err := w.unthrottle(ctx); err != nil {
			return report, err
		}
	}

	stuck := 0
	for last := -1; ; {
		if s, err = w.look(ctx); err != nil {
			return report, err
		}
		leaving := e.leaving(s)
		report.Leaving = leaving
		if len(leaving) == 0 {
			return report, nil
		}
		var moves []placement.Move
		if err := w.surely(ctx, s, func(now world) (bool, error) {
			s = now
			moves, err = w.prepare(ctx, e, s)
			return len(moves) > 0, err
		}); err != nil {
			return report, err
		}
		for _, id := range leaving {
			if s.awake(id) && !s.cordoned(id) {
				if err := w.cordon(ctx, id, true); err != nil {
					return report, err
				}
				report.Cordoned = append(report.Cordoned, id)
			}
		}
		if len(moves) > 0 && len(moves) == last {
			if stuck++; stuck == 3 {
				return report, fmt.Errorf("%s: after three rounds as many partitions are on them as before; somebody else moves partitions there", e.what(s))
			}
		}
		last = len(moves)
		earlier := s.moving(leaving)
		if w.pace.Throttle > 0 && len(earlier)+len(moves) > 0 {
			if err := w.throttle(ctx, s.awakeIDs(), slices.Concat(earlier, moves)); err != nil {
				return report, err
			}
		}
		done, err := w.carry(ctx, e.what(s), earlier, moves)
		report.Moved += done.partitions
		report.Bytes += done.bytes
		if err != nil {
			return report, err
		}
		empty, err := w.empty(ctx, e)
		if err != nil {
			return report, err
		}
		if empty {
			break
		}
	}
	w.say("%s: empty", e.what(s))
	return report, nil
}

// Check returns what is wrong with the wishes themselves, whatever the cluster is like.
func (e Evacuation) Check() error {
	return refuse("no broker is emptied", append(e.Range.check("broker", e.Keep), e.reasons()...))
}

// what names the work, for people.
func (e Evacuation) what(s world) string {
	return several("broker", e.leaving(s))
}

// leaving are the brokers to be emptied: registered, or gone and with replicas left behind.
func (e Evacuation) leaving(s world) []int32 {
	var ids []int32
	for _, b := range s.brokers {
		ids = append(ids, b.ID)
	}
	for id := range s.holders() {
		ids = append(ids, id)
	}
	return sorted(slices.DeleteFunc(ids, func(id int32) bool { return !e.Range.Has(id) || slices.Contains(e.Keep, id) }))
}

// undone are the running reassignments that an evacuation has begun which is not wanted any
// more: they take replicas off a broker that stays and has our cordon. Without it they are
// somebody's rebalance, or rescue what a dead broker had.
func (e Evacuation) undone(s world) []Reassignment {
	var list []Reassignment
	for _, key := range keys(s.running) {
		r := s.running[key]
		if slices.ContainsFunc(r.Removing, func(id int32) bool {
			return slices.Contains(e.Keep, id) && s.cordoned(id)
		}) {
			list = append(list, r)
		}
	}
	return list
}

// foreign reports whether partitions are moved that have nothing to do with brokers that leave.
func (e Evacuation) foreign(s world) bool {
	leaving := e.leaving(s)
	for _, r := range s.running {
		if !meet(r.Removing, leaving) || meet(r.Target(), leaving) {
			return true
		}
	}
	return false
}

// takeBack undoes for the brokers that stay what was done when they were to leave. The cordon
// goes last, since it is what the rest is known by.
func (w *worker) takeBack(ctx context.Context, e Evacuation, s world, report *EvacuationReport) error {
	cancelled, remarks, err := w.cancel(ctx, e.undone(s))
	report.Cancelled += cancelled
	report.Remarks = append(report.Remarks, remarks...)
	if err != nil {
		return err
	}
	for _, id := range sorted(e.Keep) {
		switch value := s.dynamic[id][cordonKey]; value {
		case "":
		case all:
			w.say("broker %d stays: its cordon is taken away", id)
			if err := w.cordon(ctx, id, false); err != nil {
				return err
			}
			report.Released = append(report.Released, id)
		default:
			report.Remarks = append(report.Remarks, handCordoned(id, value))
		}
	}
	return nil
}

func handCordoned(id int32, value string) string {
	return fmt.Sprintf("broker %d keeps %s=%s, which was set by hand; it takes no replicas", id, cordonKey, value)
}

// prepare plans the moves, or refuses with every reason.
func (w *worker) prepare(ctx context.Context, e Evacuation, s world) ([]placement.Move, error) {
	leaving := e.leaving(s)
	reasons, err := w.cordonReasons(ctx, s, leaving)
	if err != nil {
		return nil, err
	}
	moves, err := placement.Drain(s.cluster(), leaving, placement.Options{})
	if err != nil {
		reasons = append(reasons, lines(err)...)
	}
	if err != nil || len(moves) > 0 {
		for _, b := range s.brokers {
			if b.Fenced && !slices.Contains(leaving, b.ID) {
				reasons = append(reasons, fmt.Sprintf("broker %d stays and is fenced: bring it back first", b.ID))
			}
		}
	}
	for _, p := range s.partitions {
		if p.Leader < 0 && meet(p.Replicas, leaving) {
			reasons = append(reasons, fmt.Sprintf("partition %s has no leader, so that nothing can be copied: bring back one of brokers %s",
				name(p.Topic, p.Index), list(p.Replicas)))
		}
	}
	foreign := false
	for _, key := range keys(s.running) {
		r := s.running[key]
		switch {
		case meet(r.Target(), leaving):
			reasons = append(reasons, fmt.Sprintf("partition %s is being moved by somebody else, to brokers %s: let that end, or cancel it", key, list(r.Target())))
		case !meet(r.Removing, leaving):
			foreign = true
		}
	}
	if foreign && e.Throttle > 0 {
		reasons = append(reasons, "somebody else moves partitions, whose throttle could not be told from ours: let that end, or set no throttle")
	}
	more, err := w.throttleReasons(ctx, s)
	if err != nil {
		return nil, err
	}
	if err := refuse(e.what(s)+": not emptied", append(reasons, more...)); err != nil {
		return nil, err
	}
	return urgent(s, leaving, moves), nil
}

// cordonReasons says why brokers cannot be cordoned. Those that are away need not be.
func (w *worker) cordonReasons(ctx context.Context, s world, leaving []int32) ([]string, error) {
	if !slices.ContainsFunc(leaving, func(id int32) bool { return s.awake(id) && !s.cordoned(id) }) {
		return nil, nil
	}
	var version int16
	err := w.try(ctx, func(ctx context.Context) (err error) {
		version, err = w.MetadataVersion(ctx)
		return err
	})
	if err != nil || version >= minMetadataVersion {
		return nil, err
	}
	return []string{fmt.Sprintf("metadata.version is %d, and brokers can be cordoned from %d (4.3-IV0) on: "+
		"finalise that first, kafka-features.sh upgrade --release-version 4.3", version, minMetadataVersion)}, nil
}

// urgent puts the partitions first whose records are in sync only on brokers that leave: nothing
// else has them, should one of those die.
func urgent(s world, leaving []int32, moves []placement.Move) []placement.Move {
	only := map[string]bool{}
	for _, p := range s.partitions {
		only[name(p.Topic, p.Index)] = len(without(p.ISR, leaving)) == 0
	}
	slices.SortStableFunc(moves, func(a, b placement.Move) int {
		x, y := only[name(a.Topic, a.Index)], only[name(b.Topic, b.Index)]
		switch {
		case x == y:
			return 0
		case x:
			return -1
		default:
			return 1
		}
	})
	return moves
}

// moving are the running reassignments off these brokers, as moves.
func (s world) moving(leaving []int32) []placement.Move {
	sizes := s.sizes()
	var moves []placement.Move
	for _, key := range keys(s.running) {
		r := s.running[key]
		if meet(r.Removing, leaving) {
			moves = append(moves, placement.Move{Topic: r.Topic, Index: r.Index, From: without(r.Replicas, r.Adding), To: r.Target(),
				Bytes: sizes[key] * int64(len(r.Adding))})
		}
	}
	return moves
}

// empty waits until the brokers that leave hold nothing, at two looks, and reports false if they
// got something anew, or if a move came to nothing.
func (w *worker) empty(ctx context.Context, e Evacuation) (bool, error) {
	empty := true
	for looks := 0; looks < 2; looks++ {
		if looks > 0 {
			if err := w.sleep(ctx, max(between, w.pace.Poll)); err != nil {
				return false, err
			}
		}
		err := w.until(ctx, func(ctx context.Context) (string, error) {
			s, err := w.glance(ctx)
			if err != nil {
				return "", err
			}
			leaving := e.leaving(s)
			moving := 0
			for _, r := range s.running {
				if meet(r.Replicas, leaving) {
					moving++
				}
			}
			if moving > 0 {
				return fmt.Sprintf("%s: %s still on the way", e.what(s), count(moving, "partition")), nil
			}
			for _, p := range s.partitions {
				if meet(p.Replicas, leaving) {
					empty = false
					return "", nil
				}
			}
			return w.onVolumes(ctx, s, leaving)
		})
		if err != nil || !empty {
			return false, err
		}
	}
	return true, nil
}

// onVolumes says what lies on the brokers' volumes still. Kafka deletes what is not assigned any
// more by and by. Brokers that are away are not asked.
func (w *worker) onVolumes(ctx context.Context, s world, brokers []int32) (string, error) {
	for _, id := range brokers {
		if !s.awake(id) {
			continue
		}
		dirs, err := w.LogDirs(ctx, id)
		if err != nil {
			return "", err
		}
		logs := 0
		for _, dir := range dirs {
			logs += len(dir.Logs)
		}
		if logs > 0 {
			return fmt.Sprintf("broker %d has yet to delete %s from its volume", id, count(logs, "replica")), nil
		}
	}
	return "", nil
}
