package automation

import (
	"errors"
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
)

// What can go wrong, for errors.Is. Every error of this package is an *Error of one of
// these kinds; its text says what to do.
var (
	// ErrConfig: the configuration or the options cannot work. All problems are in
	// one error; errors.As with a *config.Problems gives them one by one.
	ErrConfig = errors.New("the configuration cannot work")
	// ErrNotFound: there is no such stack, and nothing to make it from; or it is empty.
	ErrNotFound = errors.New("there is no such stack, or nothing in it")
	// ErrMissingTool: the Pulumi CLI or one of its plugins is missing or too old.
	ErrMissingTool = errors.New("a tool is missing")
	// ErrPassphrase: the passphrase of the stack's secrets is missing or wrong.
	ErrPassphrase = errors.New("the passphrase does not fit")
	// ErrForeignState: the state belongs to another project or stack.
	ErrForeignState = errors.New("the state belongs to another project")
	// ErrLocked: another program works on the stack.
	ErrLocked = errors.New("the stack is locked")
	// ErrPending: an interrupted run left operations whose end nobody knows.
	ErrPending = errors.New("operations are pending")
	// ErrUnreachable: the Kubernetes cluster, or Pulumi's backend, does not answer.
	ErrUnreachable = errors.New("no connection")
	// ErrClusterVersion: the Kubernetes cluster is too old.
	ErrClusterVersion = errors.New("the Kubernetes version does not fit")
	// ErrCredentials: Kubernetes does not accept the credentials, or they lack a right.
	ErrCredentials = errors.New("the credentials are not accepted")
	// ErrImage: the image could not be built or pushed, or was not found.
	ErrImage = errors.New("the image cannot be had")
	// ErrConflict: somebody else owns what the stack wants to make or change.
	ErrConflict = errors.New("somebody else owns it")
	// ErrPolicy: the plan breaks a policy; nothing was changed.
	ErrPolicy = errors.New("a policy forbids it")
	// ErrTimeout: something was not ready in time. What was made stays, and the next
	// Up goes on from there.
	ErrTimeout = errors.New("not ready in time")
	// ErrCanceled: the caller's context ended. The next Up goes on from there.
	ErrCanceled = errors.New("canceled")
	// ErrEngine: Pulumi failed in any other way.
	ErrEngine = errors.New("the engine failed")
)

// Error is what every function of this package returns when it fails.
type Error struct {
	// Kind is one of the Err… variables.
	Kind error
	// Stack and Doing say where: "dev", "up".
	Stack, Doing string
	// Cause is what happened.
	Cause error
	// Advice is what to do about it, in one or more sentences.
	Advice string
	// Diagnostics are the engine's own complaints, if it got that far.
	Diagnostics []Diagnostic
}

// Diagnostic is a complaint of the engine.
type Diagnostic struct {
	// URN names the resource; empty if it is about the run as a whole.
	URN string
	// Message is its text, without colors.
	Message string
}

// Error is one text for a person: where, what, why, and what to do.
func (e *Error) Error() string {
	var text strings.Builder
	fmt.Fprintf(&text, "stack %s: %s: %v", e.Stack, e.Doing, e.Kind)
	if e.Cause != nil {
		fmt.Fprintf(&text, ": %v", e.Cause)
	}
	for _, d := range e.Diagnostics {
		text.WriteString("\n  ")
		if d.URN != "" {
			text.WriteString(engine.Name(d.URN) + ": ")
		}
		text.WriteString(strings.ReplaceAll(strings.TrimSpace(d.Message), "\n", "\n    "))
	}
	if e.Advice != "" {
		text.WriteString("\n" + e.Advice)
	}
	return text.String()
}

// Unwrap makes errors.Is and errors.As find the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// fail makes an Error that says where it happened.
func (s *Stack) fail(doing string, kind, cause error, advice string, args ...any) *Error {
	if len(args) > 0 {
		advice = fmt.Sprintf(advice, args...)
	}
	return &Error{Kind: kind, Stack: s.name, Doing: doing, Cause: cause, Advice: advice}
}
