package automation

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// change is Up with other values of the configuration, by key or path, which it keeps. There is
// always a preview before it, of which Events tells what the gates would do. What is refused before
// anything changed is not kept. values are asked for when no other change of this handle is under
// way.
func (s *Stack) change(ctx context.Context, doing string, values func() map[string]string) (Result, error) {
	if !s.changing.TryLock() {
		return Result{}, s.fail(doing, ErrLocked, errors.New("this program changes the stack's configuration already"), "Wait for that, or end its context.")
	}
	defer s.changing.Unlock()
	set := values()
	made := s.takeAsked()
	if len(set) > 0 {
		var err error
		if made, err = s.setBeside(ctx, doing, made, set); err != nil {
			return Result{}, err
		}
	}
	return s.up(ctx, made, func(plan *review.Plan) error {
		s.announce(plan)
		if s.options.SkipPolicy {
			return nil
		}
		return s.policy(plan)
	})
}

// mayChange refuses where there is nothing that could keep what is changed.
func (s *Stack) mayChange() error {
	switch {
	case s.options.Config != nil:
		return errors.New("the configuration is Options.Config: change it there, then Up")
	case s.options.Trial:
		return errors.New("Options.Trial keeps nothing, and what is changed has to be kept")
	}
	return nil
}

// setBeside sets values beside what Options.Set has changed before. Both are taken back together.
func (s *Stack) setBeside(ctx context.Context, doing string, before *edit, values map[string]string) (*edit, error) {
	made, err := s.set(ctx, doing, values)
	switch {
	case err != nil:
		return nil, s.refused(ctx, before, err)
	case before == nil || made == nil:
		return cmp.Or(made, before), nil
	}
	keys := slices.Concat(before.keys, made.keys)
	slices.Sort(keys)
	return &edit{keys: slices.Compact(keys), undo: before.undo}, nil
}

// announce tells what gates say that they would do.
func (s *Stack) announce(plan *review.Plan) {
	for _, d := range plan.Announced {
		s.tell(Event{Kind: Note, Doing: "preview", URN: d.URN, Type: engine.Type(d.URN), Name: engine.Name(d.URN), Message: d.Message})
	}
}
