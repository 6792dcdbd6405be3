package automation

import (
	"context"
	"errors"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// sign is a text by which a failure is known. The CLI has no other words for it: its
// exit code is the same for everything.
type sign struct {
	text   string
	kind   error
	advice string
}

// signs are looked for in this order.
var signs = []sign{
	{"the stack is currently locked by", ErrLocked, adviceLocked},
	{"Another update is currently in progress", ErrLocked, adviceLocked},
	{"incorrect passphrase", ErrPassphrase, advicePassphrase},
	{"passphrase must be set with", ErrPassphrase, advicePassphrase},
	{"no stack named", ErrNotFound, "Set Options.Config to make it, or look at Options.Backend and Options.Project."},
	{"no resource plugin", ErrMissingTool, advicePlugin},
	{"Could not automatically download and install", ErrMissingTool, advicePlugin},
	{"failed to load plugin", ErrMissingTool, advicePlugin},
	{"could not find plugin", ErrMissingTool, advicePlugin},
	{"doesn't match Pulumi.yaml", ErrForeignState, adviceForeign},
	// Says itself which objects, whose, and the ways on.
	{" would take over what it did not make", ErrConflict, ""},
	{delivering, ErrImage, ""},
	// What pods and Kubernetes say of a rollout may hold any of the words below.
	{"the cluster is degraded, so no pod is restarted", ErrTimeout, adviceDegraded},
	{" is not ready:\n", ErrTimeout, adviceTimeout},
	{" pods are up to date, ", ErrTimeout, adviceTimeout},
	{"configured Kubernetes cluster is unreachable", ErrUnreachable, adviceUnreachable},
	{"connect: connection refused", ErrUnreachable, adviceUnreachable},
	{"no such host", ErrUnreachable, adviceUnreachable},
	{"getting credentials: exec", ErrCredentials, adviceCredentials},
	{"Server-Side Apply field conflict", ErrConflict, adviceConflict},
	{"Apply failed with", ErrConflict, adviceConflict},
	{`" already exists`, ErrConflict, adviceExists},
	{"Unauthorized", ErrCredentials, adviceCredentials},
	{`forbidden: User "`, ErrCredentials, adviceForbidden}, // of RBAC, unlike quotas and pod security
	{"timed out waiting", ErrTimeout, adviceTimeout},
	{"Timeout occurred", ErrTimeout, adviceTimeout},
	{"context deadline exceeded", ErrTimeout, adviceTimeout},
}

const (
	adviceLocked      = "Wait for the other program (Options.LockWait does), or, if it is gone, call Unlock or `pulumi cancel`."
	advicePassphrase  = "Set Options.Passphrase, or PULUMI_CONFIG_PASSPHRASE, to the one that the stack was made with."
	advicePlugin      = "`pulumi plugin install resource kubernetes` (random, docker) installs it, and so does `make toolchain` in a checkout; PULUMI_HOME says where they are looked for."
	adviceForeign     = "Open it with that project's own program, or use another stack name, Options.Project or Options.Backend."
	adviceUnreachable = "`kubectl --context NAME get nodes` tells whether the cluster answers; Options.Kubeconfig and the configuration's context say which one is asked."
	adviceCredentials = "Renew the credentials in the kubeconfig: log in again, or ask the cluster's administrator for a new certificate or token."
	adviceForbidden   = "Give the kubeconfig's user the rights that the message names."
	adviceConflict    = "Let the other manager give the fields up, or take them back: without Options.KeepForeignFields, Up does."
	adviceExists      = "Delete it if nobody needs it, or use another namespace or clusterName."
	adviceImage       = "Look at the Docker engine (`docker version`), and, with imageRegistry, at the registry: whether it answers, and whether you are logged in."
	adviceDegraded    = "Nothing was restarted. Bring back what the message names and run Up again, or set rollDegraded."
	adviceTimeout     = "Look at the pods with `kubectl describe pod` and `kubectl logs`. What was made stays: mend the cause, or raise the configuration's timeout, and run Up again."
)

// explain turns a failure into an Error. What the program itself failed with is
// joined into err; the rest is known from the engine's complaints, or from what the
// CLI wrote.
func (s *Stack) explain(ctx context.Context, doing string, err error, plan *review.Plan) error {
	if canceled := s.canceled(ctx, doing); canceled != nil {
		return canceled
	}
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	var problems config.Problems
	if errors.As(err, &problems) {
		return s.fail(doing, ErrConfig, problems, "")
	}
	failure := s.fail(doing, ErrEngine, nil, "")
	if plan != nil {
		for _, d := range plan.Diagnostics {
			if d.Severity == "error" && !summary(d.Message) {
				failure.Diagnostics = append(failure.Diagnostics, Diagnostic{URN: d.URN, Message: d.Message})
			}
		}
	}
	if len(failure.Diagnostics) == 0 {
		failure.Cause = brief(err)
		failure.classify([]Diagnostic{{Message: err.Error()}})
	} else {
		failure.classify(failure.Diagnostics)
	}
	return failure
}

// classify finds kind and advice. What a resource complains of is understood by what it
// is: behind an image there is a Docker engine or a registry, and no Kubernetes.
func (e *Error) classify(complaints []Diagnostic) {
	for _, sign := range signs {
		for _, d := range complaints {
			if !ofImage(d) && strings.Contains(d.Message, sign.text) {
				e.Kind, e.Advice = sign.kind, sign.advice
				return
			}
		}
	}
	for _, d := range complaints {
		if ofImage(d) {
			e.Kind, e.Advice = ErrImage, adviceImage
			return
		}
	}
}

// ofImage reports whether a complaint comes from building or pushing an image.
func ofImage(d Diagnostic) bool {
	kind := engine.Type(d.URN)
	return strings.HasPrefix(kind, "docker:") || kind == "pulumi:providers:docker"
}

// brief is what the CLI complained of. The SDK's error has it at its end, behind all
// that the CLI said besides.
func brief(err error) error {
	_, complaint, found := strings.Cut(err.Error(), "\nstderr: ")
	if complaint = strings.TrimSpace(complaint); !found || complaint == "" {
		return err
	}
	return errors.New(strings.TrimPrefix(complaint, "error: "))
}

// summary reports whether a complaint only says that there were others.
func summary(message string) bool {
	return message == "update failed" || message == "preview failed" || message == "refresh failed" || message == "destroy failed"
}

// canceled is the error of a context that has ended, nil if it has not.
func (s *Stack) canceled(ctx context.Context, doing string) error {
	if ctx.Err() == nil {
		return nil
	}
	cause := context.Cause(ctx)
	if !errors.Is(cause, ctx.Err()) {
		cause = errors.Join(cause, ctx.Err())
	}
	return s.fail(doing, ErrCanceled, cause, "What was done is written down; the next Up goes on from there.")
}
