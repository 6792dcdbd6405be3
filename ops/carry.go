package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"

	"github.com/kafka-kraft/kafka-kraft/placement"
)

// brief is the time between two looks at what is on its way: as long as that, a move that ended may
// wait for the next one to begin. Kafka answers with those only.
const brief = 200 * time.Millisecond

// carried is what came of moves.
type carried struct {
	partitions int
	bytes      int64
}

// carry takes moves to Kafka, so many at a time, and returns when none is running any more, nor
// of those that an earlier call has begun, and what was moved is in sync. A partition that was
// deleted meanwhile is left out; one that somebody else has moved elsewhere counts for nothing,
// and the caller's next look finds it. With an error, it is what no longer moved at the last look.
func (w *worker) carry(ctx context.Context, what string, earlier, moves []placement.Move) (carried, error) {
	total := bytes(moves) + bytes(earlier)
	number := len(moves) + len(earlier)
	var done carried // as of the last look
	queue := slices.Clone(moves)
	begun := map[string]placement.Move{}
	for _, m := range earlier {
		begun[name(m.Topic, m.Index)] = m
	}
	err := w.every(ctx, min(w.pace.Poll, brief), func(ctx context.Context) (string, error) {
		reassignments, err := w.reassignments(ctx)
		if err != nil {
			return "", err
		}
		under := 0
		var left int64
		for _, r := range reassignments {
			if m, ours := begun[name(r.Topic, r.Index)]; ours {
				under++
				left += m.Bytes
			}
		}
		if n := min(len(queue), w.pace.Concurrency-under); n > 0 {
			taken, err := w.begin(ctx, queue[:n])
			for _, m := range taken {
				begun[name(m.Topic, m.Index)] = m
				under++
				left += m.Bytes
			}
			if err != nil {
				return "", err
			}
			queue = queue[n:]
		}
		if under == 0 && len(queue) == 0 {
			return "", nil
		}
		left += bytes(queue)
		done = carried{partitions: number - len(queue) - under, bytes: total - left}
		return fmt.Sprintf("%s: %d of %s moved, %s of %s", what, done.partitions, count(number, "partition"),
			placement.Bytes(done.bytes), placement.Bytes(total)), nil
	})
	if err != nil {
		return done, err
	}
	return w.settled(ctx, what, begun)
}

// begin tells Kafka to move these. What it returns was begun.
func (w *worker) begin(ctx context.Context, moves []placement.Move) ([]placement.Move, error) {
	assignments := make([]Assignment, len(moves))
	for i, m := range moves {
		assignments[i] = Assignment{Topic: m.Topic, Index: m.Index, Replicas: m.To}
	}
	results, err := w.Reassign(ctx, assignments)
	if err != nil {
		return nil, err
	}
	var taken []placement.Move
	var problems []error
	for i, result := range results {
		switch {
		case result == nil:
			taken = append(taken, moves[i])
		case errors.Is(result, kerr.UnknownTopicOrPartition): // deleted
		default:
			problems = append(problems, result)
		}
	}
	return taken, errors.Join(problems...)
}

// settled waits until the partitions have their replicas in sync, and sums them up. Replicas on
// brokers that are away are not waited for. The controllers know first that a move is done, so
// brokers get a moment to hear of it; who has other replicas then was moved by somebody else.
func (w *worker) settled(ctx context.Context, what string, moves map[string]placement.Move) (carried, error) {
	var done carried
	heard := time.Now().Add(between)
	err := w.until(ctx, func(ctx context.Context) (string, error) {
		done = carried{}
		s, err := w.glance(ctx)
		if err != nil {
			return "", err
		}
		behind := 0
		for _, p := range s.partitions {
			m, ours := moves[name(p.Topic, p.Index)]
			if !ours {
				continue
			}
			if !slices.Equal(p.Replicas, m.To) {
				if time.Now().Before(heard) {
					behind++
				}
				continue
			}
			done.partitions++
			done.bytes += m.Bytes
			for _, id := range p.Replicas {
				if s.awake(id) && !slices.Contains(p.ISR, id) {
					behind++
					break
				}
			}
		}
		if behind > 0 {
			return fmt.Sprintf("%s: %s yet to catch up", what, count(behind, "partition")), nil
		}
		return "", nil
	})
	return done, err
}

func bytes(moves []placement.Move) int64 {
	var sum int64
	for _, m := range moves {
		sum += m.Bytes
	}
	return sum
}

// cancel takes reassignments back, and returns how many, and a word for each that could not be.
func (w *worker) cancel(ctx context.Context, running []Reassignment) (int, []string, error) {
	if len(running) == 0 {
		return 0, nil, nil
	}
	assignments := make([]Assignment, len(running))
	for i, r := range running {
		assignments[i] = Assignment{Topic: r.Topic, Index: r.Index}
	}
	var results []error
	if err := w.try(ctx, func(ctx context.Context) (err error) {
		results, err = w.Reassign(ctx, assignments)
		return err
	}); err != nil {
		return 0, nil, err
	}
	cancelled := 0
	var remarks []string
	for i, err := range results {
		switch {
		case err == nil:
			cancelled++
		case errors.Is(err, kerr.NoReassignmentInProgress), errors.Is(err, kerr.UnknownTopicOrPartition): // over
		case errors.Is(err, kerr.InvalidReplicaAssignment):
			// None of the old replicas is in sync any more, so that going back would lose
			// records (ReplicationControlManager.cancelPartitionReassignment).
			remarks = append(remarks, fmt.Sprintf("the reassignment of %s goes on to its end: %v", name(running[i].Topic, running[i].Index), err))
		default:
			return cancelled, remarks, err
		}
	}
	return cancelled, remarks, nil
}
