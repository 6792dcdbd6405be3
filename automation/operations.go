package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"

	"github.com/kafka-kraft/kafka-kraft/plugin"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// Result is what came of an operation.
type Result struct {
	// Changes are what was done, resource by resource. Changes.Replaced and
	// Changes.Deleted are what is worth a second look.
	Changes *review.Plan
	// Outputs are the stack's; zero after Destroy.
	Outputs stacks.Outputs
	// Took is how long it took.
	Took time.Duration
}

// Preview says what Up would do, and changes nothing.
func (s *Stack) Preview(ctx context.Context) (*review.Plan, error) {
	result, err := s.operate(ctx, "preview", func(stack auto.Stack, stream chan<- events.EngineEvent) error {
		options := []optpreview.Option{optpreview.EventStreams(stream), optpreview.SuppressProgress(), optpreview.Color("never")}
		if !s.options.SkipRefresh {
			options = append(options, optpreview.Refresh())
		}
		_, err := stack.Preview(ctx, options...)
		return err
	})
	return result.Changes, err
}

// Up makes the cluster what the configuration says: what is missing is made, what
// somebody changed by hand is put back, and an interrupted run of Up is finished. It
// returns when every pod runs its newest configuration and is ready.
//
// Before anything changes, it looks at the cluster and at the stack's state, makes a
// preview and holds it against package policy (Options.SkipPolicy). What Options.Set has
// written into the file of a stack that lives is taken back if that fails.
//
// When ctx ends, Pulumi is asked to stop: what it has begun it writes down. The error
// is ErrCanceled, and the next Up goes on from there.
func (s *Stack) Up(ctx context.Context) (Result, error) {
	begin := time.Now()
	if err := s.ready(ctx, "up"); err != nil {
		return Result{}, err
	}
	if !s.options.SkipPolicy {
		plan, err := s.Preview(ctx)
		if err == nil {
			err = s.policy(plan)
		}
		if err != nil {
			return Result{Changes: plan}, s.refused(ctx, err)
		}
	}
	s.undo = nil // from here on things change
	var outputs auto.OutputMap
	result, err := s.locked(ctx, "up", func(stack auto.Stack, stream chan<- events.EngineEvent) error {
		options := []optup.Option{optup.EventStreams(stream), optup.SuppressProgress(), optup.Color("never")}
		if !s.options.SkipRefresh {
			options = append(options, optup.Refresh())
		}
		done, err := stack.Up(ctx, options...)
		outputs = done.Outputs
		return err
	})
	if err != nil {
		return result, err
	}
	if err := s.podsReady(ctx); err != nil {
		return result, err
	}
	if result.Outputs, err = decode(outputs); err != nil {
		return result, s.fail("up", ErrEngine, err, "")
	}
	result.Took = time.Since(begin)
	return result, nil
}

// Refresh writes into the stack's state what the cluster is like, and changes nothing
// in the cluster. Up does it by itself.
func (s *Stack) Refresh(ctx context.Context) (Result, error) {
	if err := s.ready(ctx, "refresh"); err != nil {
		return Result{}, err
	}
	return s.locked(ctx, "refresh", func(stack auto.Stack, stream chan<- events.EngineEvent) error {
		_, err := stack.Refresh(ctx, optrefresh.EventStreams(stream), optrefresh.SuppressProgress(), optrefresh.Color("never"))
		return err
	})
}

// Destroy deletes what the stack made. What the configuration says to keep is kept:
// see config.Config.RetainData. The namespace goes if this stack made it and nothing that
// anybody could miss is left in it. The stack itself stays, empty; Remove forgets it. Of
// one that was opened empty and without a configuration there is nothing to delete.
func (s *Stack) Destroy(ctx context.Context) (Result, error) {
	if s.bare {
		return Result{Changes: &review.Plan{Stack: s.name, Project: s.project}}, nil
	}
	if err := s.ready(ctx, "destroy"); err != nil {
		return Result{}, err
	}
	result, err := s.locked(ctx, "destroy", func(stack auto.Stack, stream chan<- events.EngineEvent) error {
		options := []optdestroy.Option{optdestroy.EventStreams(stream), optdestroy.SuppressProgress(), optdestroy.Color("never")}
		if !s.options.SkipRefresh {
			options = append(options, optdestroy.Refresh())
		}
		_, err := stack.Destroy(ctx, options...)
		return err
	})
	if err != nil {
		return result, err
	}
	return result, s.dropNamespace(ctx, "destroy")
}

// Remove forgets an empty stack and its history. A stack that is not empty is refused:
// its resources would stay, and nobody would know of them.
func (s *Stack) Remove(ctx context.Context) error {
	args := []string{"stack", "rm", s.name, "--yes"}
	if s.options.Dir != "" {
		args = append(args, "--preserve-config")
	}
	_, err := s.run(ctx, "remove", args...)
	return err
}

// Unlock takes the lock away from whoever has it. That is for the lock of a program
// that is gone and could not say so: one that ran on another machine, for example. A
// program that still works on the stack would lose what it has done.
func (s *Stack) Unlock(ctx context.Context) error {
	_, err := s.run(ctx, "unlock", "cancel", "--yes", "--stack", s.name)
	return err
}

// Outputs are what the last up left for others.
func (s *Stack) Outputs(ctx context.Context) (stacks.Outputs, error) {
	read, err := s.space.StackOutputs(ctx, s.name)
	if err != nil {
		return stacks.Outputs{}, s.explain(ctx, "outputs", err, nil)
	}
	outputs, err := decode(read)
	if err != nil {
		return outputs, s.fail("outputs", ErrNotFound, err, "Run Up first.")
	}
	return outputs, nil
}

func decode(outputs auto.OutputMap) (stacks.Outputs, error) {
	values := map[string]any{}
	for name, output := range outputs {
		values[name] = output.Value
	}
	return stacks.Decode(values)
}

// looking is what Drift does: its steps are no changes, and it sums them up itself.
const looking = "drift"

// engineRun is one run of the engine, which sends its events to stream.
type engineRun func(stack auto.Stack, stream chan<- events.EngineEvent) error

// operate runs the engine once and explains what went wrong.
func (s *Stack) operate(ctx context.Context, doing string, run engineRun) (Result, error) {
	if err := s.configured(doing); err != nil {
		return Result{}, err
	}
	begin := time.Now()
	s.say(Began, doing, "")
	served, err := plugin.Serve(s.options.kubeconfig())
	if err != nil {
		return Result{}, s.fail(doing, ErrEngine, err, "")
	}
	defer served.Close()
	var failed error
	stack, err := s.prepare(ctx, &failed, served)
	if err != nil {
		return Result{}, s.explain(ctx, doing, err, nil)
	}
	collector := review.NewCollector(s.listen(doing))
	err = run(stack, collector.Stream())
	plan, incomplete := collector.Plan()
	result := Result{Changes: plan, Took: time.Since(begin)}
	if err == nil {
		err = incomplete
	}
	if err != nil {
		err = s.explain(ctx, doing, errors.Join(failed, err), plan)
		s.say(Ended, doing, "failed after "+result.Took.Round(time.Second).String())
		return result, err
	}
	if doing != looking {
		s.say(Ended, doing, fmt.Sprintf("%s in %s", counts(plan), result.Took.Round(100*time.Millisecond)))
	}
	return result, nil
}

// locked is operate for what needs the stack's lock. It waits for it as long as the
// options say.
func (s *Stack) locked(ctx context.Context, doing string, run engineRun) (Result, error) {
	const pause = 500 * time.Millisecond
	end := time.Now().Add(s.options.LockWait)
	for said := false; ; said = true {
		result, err := s.operate(ctx, doing, run)
		if !errors.Is(err, ErrLocked) || time.Now().Add(pause).After(end) {
			return result, err
		}
		if !said {
			s.say(Note, doing, "another program works on the stack; waiting for it")
		}
		select {
		case <-ctx.Done():
			return result, s.canceled(ctx, doing)
		case <-time.After(pause):
		}
	}
}
