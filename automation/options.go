package automation

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"github.com/kafka-kraft/kafka-kraft/internal/passphrase"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// Options says which stack is meant and how to work on it. The zero value opens an
// existing stack of the default backend with the configuration of its last up.
type Options struct {
	// Config is the stack's configuration. It replaces what the stack said before: a
	// key that has its default is not set. Begin with config.Default(). Nil: the
	// stack's own configuration, from Dir or, without one, from its last up. A stack
	// that is empty has none; it can be opened without one to be removed.
	Config *config.Config
	// Set changes single keys of the stack's configuration before anything else is done: by
	// key, or by the path to a field, such as storage.size, the new value, "" for none. What
	// cannot work is refused and not kept. With it, a stack that does not exist is made.
	Set map[string]string
	// Trial lets Set last until Close only, as for a Preview of what might be.
	Trial bool
	// Dir is the folder of a Pulumi project, such as a checkout of this repository;
	// Pulumi.<stack>.yaml in it is the stack's configuration, and is written to if
	// there is a Config or a Set. Empty: a temporary folder, which Close removes.
	Dir string
	// Existing refuses to make a stack: one that does not exist is ErrNotFound.
	Existing bool
	// Project is the name of Pulumi's project. Default: kafka-kraft, or what
	// Pulumi.yaml in Dir says.
	Project string

	// Backend is where Pulumi keeps the stack's state, as a URL: file:///folder,
	// s3://bucket, https://api.pulumi.com … Default: PULUMI_BACKEND_URL, and without
	// it the folder kafka-kraft/state in the user's data folder ($XDG_DATA_HOME, or
	// ~/.local/share), which is also where `make up` keeps it. What `pulumi login`
	// chose does not matter.
	Backend string
	// SecretsProvider encrypts the stack's secrets: passphrase, or a key service such
	// as awskms://…. It counts when a stack is made. Default: passphrase, or, with a
	// backend at https://, that backend's own.
	SecretsProvider string
	// Passphrase is that of the secrets provider passphrase. Default:
	// PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE; with the default
	// backend, a passphrase that is made once and kept beside it.
	Passphrase string

	// Kubeconfig is the file in which Config.Context is looked up. Default:
	// KUBECONFIG, or ~/.kube/config.
	Kubeconfig string
	// Env is added to the environment of Pulumi and its plugins, such as
	// PULUMI_HOME, DOCKER_HOST or a cloud's credentials.
	Env map[string]string
	// Pulumi is the Pulumi CLI. Default: pulumi in PATH, in that of Env if it has one.
	Pulumi string

	// Events is told of everything that happens, one after the other, and holds the
	// work up while it runs. View makes one that shows progress to a person.
	Events func(Event)

	// LockWait is how long to wait for another program that works on the stack.
	// Default: not at all; the error is ErrLocked.
	LockWait time.Duration
	// StopGrace is how long Pulumi may take to write down what it has done, after
	// the context of an operation ended, before it is killed. Default: 30 s.
	StopGrace time.Duration

	// KeepForeignFields leaves fields to whoever took them from the stack by
	// `kubectl edit` or another controller: Up then fails with ErrConflict. Default:
	// Up takes them back.
	KeepForeignFields bool
	// LeavePending leaves alone what an interrupted run left behind: its lock and
	// its pending operations are ErrLocked and ErrPending then. Default: they are
	// put right.
	LeavePending bool
	// SkipRefresh compares with the record of the last up instead of the cluster. It
	// is faster, Preview then needs no cluster, and what somebody changed by hand
	// stays unnoticed.
	SkipRefresh bool
	// SkipPolicy lets Up go ahead without holding its plan against package policy.
	SkipPolicy bool
}

// projectName is what Pulumi calls this project, and so part of every URN.
const projectName = config.Namespace

const defaultGrace = 30 * time.Second

// check finds what cannot work, all of it at once.
func (o *Options) check(name string) error {
	var errs []error
	// An organization and a project may stand before the name.
	for part := range strings.SplitSeq(name, "/") {
		if _, err := tokens.ParseStackName(part); err != nil {
			errs = append(errs, fmt.Errorf("stack name %q: letters, digits, hyphens, underscores and periods are allowed", name))
			break
		}
	}
	if o.Dir != "" {
		if _, err := os.Stat(filepath.Join(o.Dir, "Pulumi.yaml")); err != nil {
			errs = append(errs, fmt.Errorf("option Dir: %w", err))
		}
		if o.Project != "" {
			errs = append(errs, errors.New("option Project: Pulumi.yaml in Dir has the name already"))
		}
	}
	if o.Backend != "" {
		if at, err := url.Parse(o.Backend); err != nil || at.Scheme == "" {
			errs = append(errs, fmt.Errorf("option Backend %q: must be a URL, such as file:///var/lib/state", o.Backend))
		}
	}
	if o.LockWait < 0 || o.StopGrace < 0 {
		errs = append(errs, errors.New("options LockWait and StopGrace: must not be negative"))
	}
	errs = append(errs, o.checkSet())
	if o.Config == nil {
		return errors.Join(errs...)
	}
	return errors.Join(append(errs, o.Config.Judge(o.kubeconfig()))...)
}

// kubeconfig is the file that the check, the program and the plugin read. Empty: where
// kubectl looks.
func (o *Options) kubeconfig() string { return cmp.Or(o.Kubeconfig, o.Env["KUBECONFIG"]) }

// lookup reads a variable as Pulumi will see it.
func (o *Options) lookup(variable string) (string, bool) {
	if value, ok := o.Env[variable]; ok {
		return value, true
	}
	return os.LookupEnv(variable)
}

// environment is what Pulumi runs in, on top of this process's environment.
func (o *Options) environment() (map[string]string, error) {
	env := map[string]string{
		"PULUMI_SKIP_UPDATE_CHECK": "true",
		// The state knows how its secrets are encrypted; without this Pulumi would make that
		// up anew for a stack file that doesn't say.
		"PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER": "true",
	}
	if !o.KeepForeignFields {
		// https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/managing-resources-with-server-side-apply/
		env["PULUMI_K8S_ENABLE_PATCH_FORCE"] = "true"
	}
	maps.Copy(env, o.Env)
	if o.Kubeconfig != "" {
		env["KUBECONFIG"] = o.Kubeconfig
	}
	backend, own := o.Backend, false
	if backend == "" {
		backend, _ = o.lookup("PULUMI_BACKEND_URL")
	}
	data, err := dataFolder(o.lookup)
	if err != nil && backend == "" {
		return nil, err
	}
	if backend == "" {
		backend, own = "file://"+filepath.Join(data, "state"), true
	}
	env["PULUMI_BACKEND_URL"] = backend
	if folder, ok := stateFolder(backend); ok {
		if !filepath.IsAbs(folder) {
			// Pulumi would see it from its working folder, which may be temporary.
			return nil, fmt.Errorf("backend %q: must be an absolute path", backend)
		}
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return nil, fmt.Errorf("folder for Pulumi's state: %w", err)
		}
	}
	return env, o.passphrase(env, backend, own, data)
}

// passphrase decides which one Pulumi gets.
func (o *Options) passphrase(env map[string]string, backend string, own bool, data string) error {
	if o.Passphrase != "" {
		env["PULUMI_CONFIG_PASSPHRASE"], env["PULUMI_CONFIG_PASSPHRASE_FILE"] = o.Passphrase, ""
		return nil
	}
	for _, variable := range []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} {
		if _, ok := o.lookup(variable); ok {
			return nil
		}
	}
	needsOne := o.SecretsProvider == "passphrase" || o.SecretsProvider == "" && !strings.HasPrefix(backend, "http")
	switch {
	case !needsOne:
		return nil
	case !own:
		return errNoPassphrase
	}
	file, err := passphrase.Ensure(data)
	env["PULUMI_CONFIG_PASSPHRASE_FILE"] = file
	return err
}

var errNoPassphrase = errors.New("there is none")
