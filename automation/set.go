package automation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// contextKey is the key that says which Kubernetes cluster a stack is for.
const contextKey = "context"

// checkSet names the keys of Options.Set that the configuration does not have.
func (o *Options) checkSet() error {
	var errs []error
	for _, path := range slices.Sorted(maps.Keys(o.Set)) {
		key, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
		if !slices.Contains(config.Keys(), key) {
			errs = append(errs, fmt.Errorf("setting %s: there is no key %q; the keys are %s", path, key, strings.Join(config.Keys(), ", ")))
		}
	}
	return errors.Join(errs...)
}

// set writes Options.Set into the stack's settings, with the CLI, which keeps a file's
// comments. Keys that have their value already are left alone. What turns out not to work
// is not kept.
func (s *Stack) set(ctx context.Context) error {
	if len(s.options.Set) == 0 {
		return s.readConfig(ctx)
	}
	if want, ok := s.options.Set[contextKey]; ok {
		if err := s.mayMove(ctx, want); err != nil {
			return err
		}
	}
	file := s.settingsFile()
	before, missing := os.ReadFile(file)
	undo := func() error {
		err := os.WriteFile(file, before, 0o644) //nolint:gosec // settings are to be read by all
		if missing != nil {
			err = os.Remove(file)
		}
		if err != nil {
			return s.fail("open", ErrConfig, err, "")
		}
		return nil
	}
	changed, err := s.write(ctx)
	if err == nil {
		s.bare = false
		err = s.readConfig(ctx)
	}
	switch {
	case err != nil:
		if failed := undo(); failed != nil {
			return errors.Join(err, failed)
		}
		return err
	case len(changed) == 0:
		return nil
	}
	if missing == nil || s.options.Trial { // a stack that begins keeps what it began with
		s.undo = undo
	}
	if s.options.Dir != "" && !s.options.Trial {
		s.say(Note, "open", fmt.Sprintf("%s (written to %s)", strings.Join(changed, ", "), filepath.Base(file)))
	}
	return nil
}

// takeBack makes the stack's file what it was before Options.Set. Without a folder of its own
// the settings are kept by an up only, so that there is nothing to take back.
func (s *Stack) takeBack() error {
	undo := s.undo
	s.undo = nil
	if undo == nil || s.options.Dir == "" {
		return nil
	}
	return undo()
}

// refused takes back what was set for an up that will not be.
func (s *Stack) refused(ctx context.Context, why error) error {
	if s.undo == nil || s.options.Dir == "" || s.options.Trial {
		return why
	}
	if err := s.takeBack(); err != nil {
		return errors.Join(why, err)
	}
	s.say(Note, "up", filepath.Base(s.settingsFile())+" is as it was: "+strings.Join(slices.Sorted(maps.Keys(s.options.Set)), ", ")+" stays")
	return errors.Join(why, s.readConfig(context.WithoutCancel(ctx)))
}

// write sets what is not so already, and names it.
func (s *Stack) write(ctx context.Context) (changed []string, err error) {
	for _, path := range slices.Sorted(maps.Keys(s.options.Set)) {
		value := s.options.Set[path]
		if s.setting(ctx, path) == value {
			continue
		}
		args := []string{"config", "set", "--stack", s.name, "--path", config.Namespace + ":" + path, "--", value}
		if value == "" {
			args = []string{"config", "rm", "--stack", s.name, "--path", config.Namespace + ":" + path}
		}
		if _, err := s.run(ctx, "open", args...); err != nil {
			return changed, err
		}
		changed = append(changed, fmt.Sprintf("%s %q", path, value))
	}
	return changed, nil
}

// setting is what the stack's settings say for a key, or a path to a field; "" for nothing.
func (s *Stack) setting(ctx context.Context, path string) string {
	out, _, _, err := s.space.run(ctx, "config", "get", "--stack", s.name, "--path", config.Namespace+":"+path)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(out)
}

// mayMove refuses another Kubernetes cluster for a stack that has its Kafka in one: all of
// it would be replaced.
func (s *Stack) mayMove(ctx context.Context, to string) error {
	from := s.setting(ctx, contextKey)
	if from == "" || from == to {
		return nil
	}
	outputs, err := s.space.StackOutputs(ctx, s.name)
	if err != nil {
		return s.explain(ctx, "open", err, nil)
	}
	if _, lives := outputs[stacks.OutputClusterID]; !lives {
		return nil
	}
	return s.fail("open", ErrConfig, fmt.Errorf("the stack runs in the cluster of context %q, not %q", from, to),
		"Destroy it there first, or use a stack of its own.")
}
