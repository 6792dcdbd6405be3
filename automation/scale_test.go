package automation

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// noted is a stack in a folder whose file was "before" until something was set.
func noted(t *testing.T) (s *Stack, file string, notes *[]string) {
	t.Helper()
	notes = &[]string{}
	dir, c := t.TempDir(), config.Default()
	s = &Stack{name: "dev", dir: dir, options: Options{
		Dir: dir, Config: &c, Events: func(e Event) { *notes = append(*notes, e.Message) },
	}}
	file = s.settingsFile()
	require.NoError(t, os.WriteFile(file, []byte("set"), 0o600))
	return s, file, notes
}

func (e *edit) to(file, text string) *edit {
	e.undo = func() error { return os.WriteFile(file, []byte(text), 0o600) }
	return e
}

func content(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	return string(text)
}

// What was set for an up that is refused is taken back, also where no folder keeps it.
func TestRefused(t *testing.T) {
	refusal := errors.New("no")
	for _, dir := range []bool{true, false} {
		s, file, notes := noted(t)
		if !dir {
			s.options.Dir = ""
		}
		made := (&edit{keys: []string{"brokers"}}).to(file, "before")
		require.ErrorIs(t, s.refused(t.Context(), made, refusal), refusal)
		assert.Equal(t, "before", content(t, file))
		if dir {
			assert.Equal(t, []string{filepath.Base(file) + " is as it was: brokers stays"}, *notes)
		} else {
			assert.Empty(t, *notes, "there is no file that anybody knows of")
		}
		assert.Equal(t, refusal, s.refused(t.Context(), nil, refusal), "nothing was set")
	}
}

// A cluster that does not answer is known before anything is changed.
func TestUnreachableIsRefused(t *testing.T) {
	s, file, _ := noted(t)
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, []byte(`{clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}],
users: [{name: u, user: {token: t}}], contexts: [{name: x, context: {cluster: c, user: u}}]}`), 0o600))
	s.options.Kubeconfig, s.options.Config.Context, s.config.Context = kubeconfig, "x", "x"
	s.asked = (&edit{keys: []string{"brokers"}}).to(file, "before")
	_, err := s.Up(t.Context())
	require.ErrorIs(t, err, ErrUnreachable)
	assert.Equal(t, "before", content(t, file))
	assert.Nil(t, s.asked)
}

// What was begun is told to be kept, in an error of the same kind.
func TestKept(t *testing.T) {
	t.Parallel()
	s := &Stack{name: "dev"}
	failed := s.fail("up", ErrTimeout, errors.New("slow"), "Look.")
	err := kept(&edit{keys: []string{"brokers", "controllers"}}, failed)
	require.ErrorIs(t, err, ErrTimeout)
	assert.Contains(t, err.Error(), "Look.\nWhat was set is kept (brokers, controllers): the next Up goes on with it.")
	assert.Equal(t, "Look.", failed.Advice)
	assert.Same(t, failed, kept(nil, failed))
	none := s.fail("up", ErrEngine, nil, "")
	assert.Equal(t, "stack dev: up: the engine failed\nWhat was set is kept (a): the next Up goes on with it. To take it back, set the former value and run Up.",
		kept(&edit{keys: []string{"a"}}, none).Error())
}

func TestCounts(t *testing.T) {
	t.Parallel()
	c := config.Default()
	c.Topology, c.Brokers = topology.Separated, 4
	other, same := part(c, []Count{Brokers(5), Controllers(3)})
	assert.Equal(t, map[string]string{"brokers": "5"}, other)
	require.Len(t, same, 1, "three controllers are the default, which stays one")
	assert.Equal(t, "controllers", same[0].key)
	other, same = part(c, []Count{Brokers(4), Controllers(5)})
	assert.Equal(t, map[string]string{"controllers": "5"}, other)
	assert.Len(t, same, 1)
}

// What cannot be meant is told at once, before Pulumi or a cluster is asked.
func TestScaleRefuses(t *testing.T) {
	t.Parallel()
	s := &Stack{name: "dev", config: config.Default()}
	scale := func(counts ...Count) error {
		_, err := s.Scale(context.Background(), counts...)
		return err
	}
	for text, err := range map[string]error{
		"nothing says how many":       scale(),
		"brokers 0: must be at least": scale(Brokers(0)),
		"brokers is named twice":      scale(Brokers(3), Controllers(-1), Brokers(4)),
		"controllers -1":              scale(Brokers(3), Controllers(-1), Brokers(4)),
	} {
		require.ErrorIs(t, err, ErrConfig)
		require.ErrorContains(t, err, text)
	}
	s.options.Trial = true
	require.ErrorContains(t, scale(Brokers(4)), "Options.Trial")
	s.options.Config = &s.config
	require.ErrorContains(t, scale(Brokers(4)), "Options.Config")
	s.options.Config, s.options.Trial = nil, false
	s.changing.Lock()
	require.ErrorIs(t, scale(Brokers(4)), ErrLocked)
	s.bare = true
	require.ErrorIs(t, scale(Brokers(4)), ErrConfig)
}

// A person hears what the gates would do before it is done.
func TestAnnounce(t *testing.T) {
	t.Parallel()
	const urn = "urn:pulumi:dev::kafka-kraft::kafka-kraft:ops:Evacuation::kafka"
	require.Equal(t, "kafka", engine.Name(urn))
	var heard []Event
	s := &Stack{name: "dev", options: Options{Events: func(e Event) { heard = append(heard, e) }}}
	s.announce(&review.Plan{Announced: []review.Diagnostic{{URN: urn, Message: "broker 3: 2 replicas, 0 B"}}})
	require.Len(t, heard, 1)
	assert.Equal(t, Note, heard[0].Kind)
	assert.Equal(t, "Evacuation kafka: broker 3: 2 replicas, 0 B", (&progress{}).take(heard[0]))
}
