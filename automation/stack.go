package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/plugin"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// Stack is one stack that a program works on. Its methods may be called from any
// goroutine; of two that change the stack, one waits for the other or fails with
// ErrLocked, as it would for another program. Several stacks can be worked on at
// once.
type Stack struct {
	name     string
	project  string
	options  Options
	dir      string
	env      map[string]string
	cli      *command
	space    *space
	telling  sync.Mutex
	changing sync.Mutex // the configuration, by Scale or Restart
	// config is what Config returns, which they change while others may ask for it.
	configuring sync.RWMutex
	config      config.Config
	// bare is a stack without a configuration: an empty one, opened without one.
	bare bool
	// asked is what Options.Set has changed, until the first Up. Nil: nothing.
	asked *edit
	// unsalted is a stack whose file in Dir had no salt when it was opened.
	unsalted bool
}

// Open opens a stack, and makes it if it does not exist and there is a configuration
// for it. Nothing is asked of the Kubernetes cluster, and nothing changed in it. Close
// the stack when done with it.
func Open(ctx context.Context, name string, options Options) (*Stack, error) {
	s := &Stack{name: name, options: options}
	if s.options.StopGrace == 0 {
		s.options.StopGrace = defaultGrace
	}
	if err := options.check(name); err != nil {
		return nil, s.fail("open", ErrConfig, err, "")
	}
	env, err := s.options.environment()
	if errors.Is(err, errNoPassphrase) {
		return nil, s.fail("open", ErrPassphrase, err, "Set Options.Passphrase, or PULUMI_CONFIG_PASSPHRASE, or another Options.SecretsProvider.")
	}
	if err != nil {
		return nil, s.fail("open", ErrConfig, err, "")
	}
	s.env = env
	search, _ := s.options.lookup("PATH")
	if s.cli, err = newCommand(ctx, s.options.Pulumi, search, s.options.StopGrace); err != nil {
		if canceled := s.canceled(ctx, "open"); canceled != nil {
			return nil, canceled
		}
		return nil, s.fail("open", ErrMissingTool, err, "Install the Pulumi CLI, %s or newer, or name it in Options.Pulumi; `make toolchain` in a checkout builds one.", minimumCLI)
	}
	if err := s.open(ctx); err != nil {
		_ = s.Close() // what went wrong before is what matters
		return nil, err
	}
	return s, nil
}

func (s *Stack) open(ctx context.Context) error {
	if err := s.workFolder(ctx); err != nil {
		return s.fail("open", ErrConfig, err, "")
	}
	if err := s.noteSalt(); err != nil {
		return s.fail("open", ErrConfig, err, "")
	}
	state, err := s.export(ctx, "open")
	switch {
	case errors.Is(err, ErrNotFound) && !s.options.Existing && (s.options.Config != nil || s.options.Dir != "" || len(s.options.Set) > 0):
		if err = s.dropForeignSalt(); err == nil {
			err = s.create(ctx)
		}
	case err == nil && s.options.Dir == "":
		err = s.restore(ctx, state)
	}
	if err != nil {
		return err
	}
	if len(s.options.Set) == 0 {
		return s.readConfig(ctx)
	}
	s.asked, err = s.set(ctx, "open", s.options.Set)
	return err
}

// Name is the stack's name.
func (s *Stack) Name() string { return s.name }

// Config is the stack's configuration.
func (s *Stack) Config() config.Config {
	s.configuring.RLock()
	defer s.configuring.RUnlock()
	return s.config
}

func (s *Stack) setConfig(c config.Config) {
	s.configuring.Lock()
	defer s.configuring.Unlock()
	s.config = c
}

// Close removes the temporary folder, or leaves the stack's file in Dir without what
// Pulumi itself has written into it. The stack stays as it is.
func (s *Stack) Close() error {
	if s.options.Trial && s.asked != nil && s.options.Dir != "" {
		if err := s.asked.undo(); err != nil {
			return err
		}
	}
	if s.unsalted {
		if err := s.dropSalt(); err != nil {
			return s.fail("close", ErrEngine, err, "")
		}
	}
	if s.options.Dir != "" || s.dir == "" {
		return nil
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return s.fail("close", ErrEngine, err, "")
	}
	return nil
}

// space is a workspace that never selects a stack: the CLI would write the choice to
// its home folder, a file for each of our temporary ones, for ever.
type space struct {
	auto.Workspace
	cli *command
}

func (w *space) SelectStack(context.Context, string) error { return nil }

// StackOutputs asks once, where the SDK asks a second time for what is secret.
func (w *space) StackOutputs(ctx context.Context, name string) (auto.OutputMap, error) {
	text, why, code, err := w.run(ctx, "stack", "output", "--json", "--show-secrets", "--stack", name)
	if err != nil {
		return nil, &runError{err: err, stdout: text, stderr: why, code: code}
	}
	var values map[string]any
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return nil, fmt.Errorf("outputs of stack %s: %w", name, err)
	}
	outputs := auto.OutputMap{}
	for key, value := range values {
		outputs[key] = auto.OutputValue{Value: value}
	}
	return outputs, nil
}

func (w *space) run(ctx context.Context, args ...string) (string, string, int, error) {
	var env []string
	for key, value := range w.GetEnvVars() {
		env = append(env, key+"="+value)
	}
	return w.cli.Run(ctx, w.WorkDir(), nil, nil, nil, env, args...)
}

// workFolder makes the folder that Pulumi works in.
func (s *Stack) workFolder(ctx context.Context) error {
	options := []auto.LocalWorkspaceOption{
		auto.Pulumi(s.cli), auto.EnvVars(s.env), auto.Program(func(*pulumi.Context) error { return nil }),
	}
	s.project, s.dir = s.options.Project, s.options.Dir
	if s.dir != "" {
		project, err := workspace.LoadProject(filepath.Join(s.dir, "Pulumi.yaml"))
		if err != nil {
			return err
		}
		s.project = string(project.Name)
	} else {
		if s.project == "" {
			s.project = projectName
		}
		dir, err := os.MkdirTemp("", "kafka-kraft-")
		if err != nil {
			return fmt.Errorf("temporary folder: %w", err)
		}
		s.dir = dir
		options = append(options, auto.Project(workspace.Project{
			Name: tokens.PackageName(s.project), Runtime: workspace.NewProjectRuntimeInfo("go", nil), Plugins: ourPlugin,
		}))
	}
	made, err := auto.NewLocalWorkspace(ctx, append(options, auto.WorkDir(s.dir))...)
	if err != nil {
		return err
	}
	s.space = &space{Workspace: made, cli: s.cli}
	if s.options.Config == nil {
		return nil
	}
	return s.saveSettings(ctx, func(file *workspace.ProjectStack) error {
		keys, err := settings(*s.options.Config)
		if err != nil {
			return err
		}
		for key := range file.Config {
			if key.Namespace() == config.Namespace {
				delete(file.Config, key)
			}
		}
		for key, value := range keys {
			file.Config[key] = value
		}
		return nil
	})
}

// saveSettings edits Pulumi.<stack>.yaml.
func (s *Stack) saveSettings(ctx context.Context, edit func(*workspace.ProjectStack) error) error {
	file := &workspace.ProjectStack{}
	if _, err := os.Stat(s.settingsFile()); err == nil {
		if file, err = s.space.StackSettings(ctx, s.name); err != nil {
			return fmt.Errorf("settings of stack %s: %w", s.name, err)
		}
	}
	if file.Config == nil {
		file.Config = pulumiconfig.Map{}
	}
	if err := edit(file); err != nil {
		return err
	}
	return s.space.SaveStackSettings(ctx, s.name, file)
}

// settingsFile is where the stack's settings lie. A name may have an organization
// before it.
func (s *Stack) settingsFile() string {
	return filepath.Join(s.dir, "Pulumi."+s.name[strings.LastIndex(s.name, "/")+1:]+".yaml")
}

// create makes the stack.
func (s *Stack) create(ctx context.Context) error {
	args := []string{"stack", "init", s.name}
	if s.options.Dir == "" {
		args = append(args, "--no-select") // of folders that soon are gone
	}
	if s.options.SecretsProvider != "" {
		args = append(args, "--secrets-provider", s.options.SecretsProvider)
	}
	_, err := s.run(ctx, "create", args...)
	var failed *runError
	if errors.As(err, &failed) && strings.Contains(failed.stderr, "already exists") {
		return nil // another program was faster, with the same
	}
	return err
}

// secrets is what a state says of its secrets provider.
type secrets struct {
	Salt         string `json:"salt"`
	URL          string `json:"url"`
	EncryptedKey string `json:"encryptedkey"`
}

// restore takes from the state what a temporary folder does not know: how secrets are
// encrypted and, if the caller gave none, the configuration. Without it, Pulumi would
// take any passphrase for a new one.
func (s *Stack) restore(ctx context.Context, state *state) error {
	if s.options.Config == nil {
		// Refuses a stack that never was up; so does what follows, in better words.
		if _, err := s.run(ctx, "open", "config", "refresh", "--force", "--stack", s.name); err != nil && len(state.Resources) > 0 {
			return err
		}
		s.bare = len(state.Resources) == 0
	}
	if state.SecretsProviders == nil {
		return nil
	}
	var known secrets
	if len(state.SecretsProviders.State) > 0 {
		if err := json.Unmarshal(state.SecretsProviders.State, &known); err != nil {
			return s.fail("open", ErrEngine, fmt.Errorf("secrets provider: %w", err), "")
		}
	}
	err := s.saveSettings(ctx, func(file *workspace.ProjectStack) error {
		switch state.SecretsProviders.Type {
		case "passphrase":
			file.EncryptionSalt = known.Salt
		case "cloud":
			file.SecretsProvider, file.EncryptedKey = known.URL, known.EncryptedKey
		}
		return nil
	})
	if err != nil {
		return s.fail("open", ErrEngine, err, "")
	}
	return nil
}

// configured refuses what cannot be done without a configuration.
func (s *Stack) configured(doing string) error {
	if !s.bare {
		return nil
	}
	return s.fail(doing, ErrConfig, errors.New("the stack is empty, so it has no configuration of its own"), "Set Options.Config, or Options.Dir.")
}

// readConfig reads the configuration back as the program will see it.
func (s *Stack) readConfig(ctx context.Context) error {
	if s.options.Config != nil {
		s.setConfig(*s.options.Config)
		return nil
	}
	if s.bare {
		return nil
	}
	all, err := s.space.GetAllConfig(ctx, s.name)
	if err != nil {
		return s.explain(ctx, "open", err, nil)
	}
	values := map[string]string{}
	var secret []string
	for key, value := range all {
		values[key] = value.Value
		if name, own := strings.CutPrefix(key, config.Namespace+":"); own && value.Secret {
			secret = append(secret, name)
		}
	}
	if err := config.Secrets(secret).Err(); err != nil {
		return s.fail("open", ErrConfig, err, "")
	}
	read, problems := config.Decode(config.Own(values))
	if err := read.Judge(s.options.kubeconfig(), problems...); err != nil {
		return s.fail("open", ErrConfig, err, "")
	}
	s.setConfig(read)
	return nil
}

// program is what Pulumi runs, within this process. What it fails with is kept, since
// Pulumi hands on no more than its text.
func (s *Stack) program(failed *error) pulumi.RunFunc {
	surroundings := stacks.Surroundings{Kubeconfig: s.options.kubeconfig(), Folder: s.options.Dir, Deliver: s.deliverer()}
	return func(ctx *pulumi.Context) error {
		err := surroundings.Program(ctx)
		if err != nil {
			*failed = err
		}
		return err
	}
}

// prepare makes the handle for one operation: the SDK's holds the program.
func (s *Stack) prepare(ctx context.Context, failed *error, served *plugin.Server) (auto.Stack, error) {
	own := &space{Workspace: &withProgram{s.space.Workspace, s.program(failed), served}, cli: s.cli}
	return auto.SelectStack(ctx, s.name, own)
}

// withProgram is a workspace with a program and a provider of its own, so that operations
// that run at the same time have each theirs.
type withProgram struct {
	auto.Workspace
	program pulumi.RunFunc
	served  *plugin.Server
}

func (w *withProgram) Program() pulumi.RunFunc { return w.program }

func (w *withProgram) GetEnvVars() map[string]string {
	environment := maps.Clone(w.Workspace.GetEnvVars())
	w.served.Env(environment)
	return environment
}

// run runs the CLI for what the SDK has no words for.
func (s *Stack) run(ctx context.Context, doing string, args ...string) (string, error) {
	out, why, code, err := s.space.run(ctx, args...)
	if err != nil {
		return out, s.explain(ctx, doing, &runError{err: err, stdout: out, stderr: why, code: code}, nil)
	}
	return out, nil
}

// runError is a run of the CLI that failed.
type runError struct {
	err            error
	stdout, stderr string
	code           int
}

func (e *runError) Error() string {
	text := strings.TrimSpace(e.stderr)
	if text == "" {
		text = strings.TrimSpace(e.stdout)
	}
	return fmt.Sprintf("%v: %s", e.err, text)
}

func (e *runError) Unwrap() error { return e.err }

// state is what the backend knows of the stack.
type state struct {
	apitype.DeploymentV3
	raw apitype.UntypedDeployment
}

// export reads the state. It needs no passphrase and takes no lock.
func (s *Stack) export(ctx context.Context, doing string) (*state, error) {
	out, err := s.run(ctx, doing, "stack", "export", "--stack", s.name)
	if err != nil {
		return nil, err
	}
	read := &state{}
	if err := json.Unmarshal([]byte(out), &read.raw); err != nil {
		return nil, s.fail(doing, ErrEngine, fmt.Errorf("reading the state: %w", err), "")
	}
	if len(read.raw.Deployment) > 0 && string(read.raw.Deployment) != "null" {
		if err := json.Unmarshal(read.raw.Deployment, &read.DeploymentV3); err != nil {
			return nil, s.fail(doing, ErrEngine, fmt.Errorf("reading the state: %w", err), "")
		}
	}
	return read, nil
}
