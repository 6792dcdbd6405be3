package automation

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
	"github.com/kafka-kraft/kafka-kraft/plugin"
)

// owner is what a lock of the file backend says of its maker.
type owner struct {
	Pid      int    `json:"pid"`
	Username string `json:"username"`
	Hostname string `json:"hostname"`
	// Timestamp is when it was made.
	Timestamp time.Time `json:"timestamp"`
}

// dead reports whether its maker is certain to be no more: somebody of that name on a
// host of that name, which alone proves nothing, since containers may be named alike.
func (o owner) dead(host, name string) bool {
	return o.Pid != 0 && o.Hostname == host && o.Username == name && (killed.has(o.Pid, o.Timestamp) || gone(o.Pid))
}

// dropDeadLocks removes the locks of runs that were killed, of which the file backend
// knows nothing: of this user, on this machine, by a process that is certain to be no
// more. Any other stays, and Pulumi tells whose it is.
func (s *Stack) dropDeadLocks(doing string) error {
	if s.options.LeavePending {
		return nil
	}
	files, owners, err := s.locks()
	if err != nil {
		return s.fail(doing, ErrLocked, err, adviceLocked)
	}
	host, err := os.Hostname()
	me, failed := user.Current()
	if err != nil || failed != nil {
		return nil //nolint:nilerr // then it cannot be told whose they are, and they stay
	}
	for i, file := range files {
		o := owners[i]
		if !o.dead(host, me.Username) {
			continue
		}
		if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
			return s.fail(doing, ErrLocked, fmt.Errorf("the lock of process %d, which is gone: %w", o.Pid, err), adviceLocked)
		}
		s.say(Note, doing, fmt.Sprintf("removed the lock of process %d, which is gone", o.Pid))
	}
	return nil
}

// locks lists the stack's locks in a file backend.
func (s *Stack) locks() ([]string, []owner, error) {
	folder, ok := stateFolder(s.env["PULUMI_BACKEND_URL"])
	if !ok {
		return nil, nil, nil
	}
	name := s.name[strings.LastIndex(s.name, "/")+1:]
	files, err := filepath.Glob(filepath.Join(folder, ".pulumi", "locks", "organization", s.project, name, "*.json"))
	if err != nil {
		return nil, nil, fmt.Errorf("locks of stack %s: %w", s.name, err)
	}
	var found []string
	var owners []owner
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, os.ErrNotExist) {
			continue // just given back
		}
		if err != nil {
			return nil, nil, fmt.Errorf("lock of stack %s: %w", s.name, err)
		}
		var o owner
		if json.Unmarshal(text, &o) != nil {
			o = owner{} // half written, so somebody is writing it
		}
		found, owners = append(found, file), append(owners, o)
	}
	return found, owners, nil
}

// settle looks at the state before anything is done with it. Resources of others are
// refused: the engine would delete them, since this program does not ask for them.
// Operations that were interrupted are put right.
func (s *Stack) settle(ctx context.Context, doing string) error {
	before, err := s.export(ctx, doing)
	if err != nil {
		return err
	}
	if err := s.foreign(doing, before); err != nil {
		return err
	}
	if !creating(before) {
		return nil // the refresh finds out about all other operations
	}
	if err := s.unsettled(doing, before); err != nil {
		return err
	}
	// The operations may be those of a program that is at work. It has the lock then,
	// or has changed the state meanwhile.
	if files, _, err := s.locks(); err != nil || len(files) > 0 {
		return s.fail(doing, ErrLocked, err, adviceLocked)
	}
	again, err := s.export(ctx, doing)
	if err != nil {
		return err
	}
	if !bytes.Equal(before.raw.Deployment, again.raw.Deployment) {
		return s.fail(doing, ErrLocked, nil, adviceLocked)
	}
	return s.adopt(ctx, doing, again)
}

func (s *Stack) foreign(doing string, state *state) error {
	stack := s.name[strings.LastIndex(s.name, "/")+1:]
	for _, resource := range state.Resources {
		of, project := engine.Owner(string(resource.URN))
		if of != stack || project != s.project {
			return s.fail(doing, ErrForeignState, fmt.Errorf("it holds %s of stack %s in project %s; this is project %s",
				engine.Name(string(resource.URN)), of, project, s.project), adviceForeign)
		}
	}
	return nil
}

// creating reports whether the making of a resource was interrupted.
func creating(state *state) bool {
	for _, operation := range state.PendingOperations {
		if operation.Type == apitype.OperationTypeCreating {
			return true
		}
	}
	return false
}

// unsettled refuses what cannot be put right, or shall not be.
func (s *Stack) unsettled(doing string, state *state) error {
	var all, doubtful []string
	for _, operation := range state.PendingOperations {
		urn := string(operation.Resource.URN)
		all = append(all, fmt.Sprintf("%s %s", operation.Type, engine.Name(urn)))
		if operation.Type != apitype.OperationTypeCreating || harmless(string(operation.Resource.Type)) {
			continue
		}
		if kubernetesID(operation.Resource) == "" {
			doubtful = append(doubtful, urn)
		}
	}
	switch {
	case s.options.LeavePending:
		return s.fail(doing, ErrPending, errors.New(strings.Join(all, ", ")),
			"Run Up without Options.LeavePending, which finds out what became of them.")
	case len(doubtful) > 0:
		return s.fail(doing, ErrPending, fmt.Errorf("nobody knows whether these were made: %s", strings.Join(doubtful, ", ")),
			"Find out, delete what was made, and run `pulumi refresh --clear-pending-creates`.")
	}
	return nil
}

// harmless are types of which nothing is left behind when their making is interrupted:
// a random number that nobody got, an image under the name of its content, a gate, which
// makes nothing, and what lives within Pulumi alone.
func harmless(kind string) bool {
	for _, provider := range []string{"random:", "docker:", plugin.Name + ":", "pulumi:"} {
		if strings.HasPrefix(kind, provider) {
			return true
		}
	}
	return false
}

// kubernetesID is what the Kubernetes plugin would have called the resource: the
// inputs have its name, made up or not, before it is made. Empty: not known.
func kubernetesID(made apitype.ResourceV3) string {
	if !strings.HasPrefix(string(made.Type), "kubernetes:") {
		return ""
	}
	metadata, _ := made.Inputs["metadata"].(map[string]any)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	switch {
	case name == "":
		return ""
	case namespace == "":
		return name
	}
	return namespace + "/" + name
}

// adopt writes Kubernetes objects whose making was interrupted into the state as if
// they had been made; the refresh that follows drops those that were not. One that
// was to replace another is marked to be deleted, if it is there: nothing uses it yet,
// and the next up makes another.
func (s *Stack) adopt(ctx context.Context, doing string, state *state) error {
	have := map[resource.URN]bool{}
	for _, known := range state.Resources {
		have[known.URN] = true
	}
	kept := state.PendingOperations[:0]
	for _, operation := range state.PendingOperations {
		if operation.Type != apitype.OperationTypeCreating {
			kept = append(kept, operation)
			continue
		}
		made := operation.Resource
		id := kubernetesID(made)
		if id == "" {
			continue
		}
		made.ID = resource.ID(id)
		made.Delete = have[made.URN]
		if made.Outputs == nil {
			made.Outputs = made.Inputs
		}
		have[made.URN] = true
		state.Resources = append(state.Resources, made)
		s.tell(Event{Kind: Note, Doing: doing, URN: string(made.URN), Type: string(made.Type), Name: engine.Name(string(made.URN)),
			Message: "its making was interrupted; looking for what became of it"})
	}
	state.PendingOperations = kept
	text, err := json.Marshal(state.DeploymentV3)
	if err != nil {
		return s.fail(doing, ErrEngine, fmt.Errorf("writing the state: %w", err), "")
	}
	state.raw.Deployment = text
	if text, err = json.Marshal(state.raw); err != nil {
		return s.fail(doing, ErrEngine, fmt.Errorf("writing the state: %w", err), "")
	}
	file := filepath.Join(s.dir, ".state.json")
	if s.options.Dir != "" {
		temporary, err := os.MkdirTemp("", "kafka-kraft-")
		if err != nil {
			return s.fail(doing, ErrEngine, err, "")
		}
		defer func() { _ = os.RemoveAll(temporary) }()
		file = filepath.Join(temporary, "state.json")
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return s.fail(doing, ErrEngine, err, "")
	}
	defer func() { _ = os.Remove(file) }()
	_, err = s.run(ctx, doing, "stack", "import", "--stack", s.name, "--file", file)
	return err
}
