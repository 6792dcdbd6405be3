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

// edit is a change of the stack's settings that an up is to make true.
type edit struct {
	keys []string     // what has another value now, by key or path
	undo func() error // makes the file what it was
}

// set writes values into the stack's settings, by key or path, with the CLI, which keeps a
// file's comments. Keys that have their value already are left alone. What turns out not to
// work is not kept. Nil: there is nothing that could be taken back.
func (s *Stack) set(ctx context.Context, doing string, values map[string]string) (*edit, error) {
	if want, ok := values[contextKey]; ok {
		if err := s.mayMove(ctx, want); err != nil {
			return nil, err
		}
	}
	file := s.settingsFile()
	before, missing := os.ReadFile(file)
	made := &edit{undo: func() error {
		err := os.WriteFile(file, before, 0o644) //nolint:gosec // settings are to be read by all
		if missing != nil {
			err = os.Remove(file)
		}
		if err != nil {
			return s.fail(doing, ErrConfig, err, "")
		}
		return nil
	}}
	changed, err := s.write(ctx, doing, values)
	if err == nil {
		if s.bare {
			s.bare = false
		}
		err = s.readConfig(ctx)
	}
	if err != nil {
		return nil, join(err, made.undo())
	}
	if len(changed) == 0 {
		return nil, nil
	}
	made.keys = slices.Sorted(maps.Keys(changed))
	if s.options.Dir != "" && !s.options.Trial {
		var words []string
		for _, key := range made.keys {
			words = append(words, fmt.Sprintf("%s %q", key, changed[key]))
		}
		s.say(Note, doing, fmt.Sprintf("%s (written to %s)", strings.Join(words, ", "), filepath.Base(file)))
	}
	if missing != nil && !s.options.Trial { // a stack that begins keeps what it began with
		return nil, nil
	}
	return made, nil
}

// join is the first error with a second one, if there is one.
func join(err, more error) error {
	if more == nil {
		return err
	}
	return errors.Join(err, more)
}

// takeAsked is what Options.Set has changed, for the first up alone. A trial ends with Close,
// whatever comes of an up.
func (s *Stack) takeAsked() *edit {
	s.configuring.Lock()
	defer s.configuring.Unlock()
	if s.options.Trial {
		return nil
	}
	asked := s.asked
	s.asked = nil
	return asked
}

// refused takes back what was set for an up that will not be, since nothing was begun.
func (s *Stack) refused(ctx context.Context, made *edit, why error) error {
	if made == nil {
		return why
	}
	if err := made.undo(); err != nil {
		return errors.Join(why, err)
	}
	if s.options.Dir != "" {
		s.say(Note, "up", filepath.Base(s.settingsFile())+" is as it was: "+strings.Join(made.keys, ", ")+" stays")
	}
	return join(why, s.readConfig(context.WithoutCancel(ctx)))
}

// kept adds to the error of an up that was begun what has become of the settings.
func kept(made *edit, why error) error {
	var failed *Error
	if made == nil || !errors.As(why, &failed) {
		return why
	}
	told := *failed
	told.Advice = strings.TrimPrefix(told.Advice+"\n", "\n") +
		fmt.Sprintf("What was set is kept (%s): the next Up goes on with it. To take it back, set the former value and run Up.", strings.Join(made.keys, ", "))
	return &told
}

// write sets what is not so already, and returns that.
func (s *Stack) write(ctx context.Context, doing string, values map[string]string) (map[string]string, error) {
	changed := map[string]string{}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		value := values[path]
		if s.setting(ctx, path) == value {
			continue
		}
		args := []string{"config", "set", "--stack", s.name, "--path", config.Namespace + ":" + path, "--", value}
		if value == "" {
			args = []string{"config", "rm", "--stack", s.name, "--path", config.Namespace + ":" + path}
		}
		if _, err := s.run(ctx, doing, args...); err != nil {
			return changed, err
		}
		changed[path] = value
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
