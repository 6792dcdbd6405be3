package automation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/review"
)

// The same words mean another thing from another resource.
func TestKindsOfFailures(t *testing.T) {
	const stack, before = "pulumi:pulumi:Stack", "urn:pulumi:dev::kafka-kraft::"
	for name, test := range map[string]struct {
		kind, message string
		want          error
		advice        string
	}{
		"registry is down":      {"kafka-kraft:image:Image$docker:index/image:Image", "dial tcp 127.0.0.1:5050: connect: connection refused", ErrImage, adviceImage},
		"registry is unknown":   {"docker:index/image:Image", "lookup registry.example: no such host", ErrImage, adviceImage},
		"no right to push":      {"docker:index/image:Image", "denied: forbidden: User \"x\"", ErrImage, adviceImage},
		"Docker is not there":   {"pulumi:providers:docker", "Cannot connect to the Docker daemon", ErrImage, adviceImage},
		"cluster is down":       {"kubernetes:core/v1:Namespace", "dial tcp 10.0.0.1:6443: connect: connection refused", ErrUnreachable, adviceUnreachable},
		"cluster, asked by us":  {stack, "Get https://10.0.0.1:6443: connect: connection refused", ErrUnreachable, adviceUnreachable},
		"no right":              {"kubernetes:core/v1:Namespace", `namespaces is forbidden: User "dev" cannot create resource`, ErrCredentials, adviceForbidden},
		"quota":                 {"kubernetes:core/v1:Service", `services "a" is forbidden: exceeded quota: q`, ErrEngine, ""},
		"pod security":          {"kubernetes:apps/v1:StatefulSet", `pods "kafka-0" is forbidden: violates PodSecurity "restricted"`, ErrEngine, ""},
		"image of a pod":        {"kubernetes:apps/v1:StatefulSet", "Failed to pull image: 403 forbidden", ErrEngine, ""},
		"there already":         {"kubernetes:core/v1:Namespace", `namespaces "kafka" already exists`, ErrConflict, adviceExists},
		"something else exists": {stack, "a file already exists", ErrEngine, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Stack{name: "dev"}
			err := s.explain(t.Context(), "up", errors.New("exit status 255"), &review.Plan{Diagnostics: []review.Diagnostic{
				{Severity: "error", URN: before + stack + "::kafka-kraft-dev", Message: "update failed"},
				{Severity: "error", URN: before + test.kind + "::it", Message: test.message},
			}})
			assert.ErrorIs(t, err, test.want)
			var known *Error
			assert.ErrorAs(t, err, &known)
			assert.Equal(t, test.advice, known.Advice)
		})
	}
}

// Kubernetes says "forbidden" of a pod that breaks a quota, too, and a pod's last words
// may be that a connection was refused; neither is about who runs the program.
func TestWhatPodsSayOfThemselvesIsNoCredential(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		message string
		kind    error
	}{
		"causes of a create": {"kafka is not ready:\n  stateful set kafka: pods \"kafka-0\" is forbidden: exceeded quota", ErrTimeout},
		"causes of a roll":   {"stateful set n/kafka: 1 of 3 pods are up to date, 2 are ready: context deadline exceeded\n  kafka-2: dial: connect: connection refused", ErrTimeout},
		"degraded":           {"the cluster is degraded, so no pod is restarted: kafka-1: already exists", ErrTimeout},
		"really forbidden":   {`statefulsets.apps "kafka" is forbidden: User "x" cannot patch resource`, ErrCredentials},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			plan := &review.Plan{Diagnostics: []review.Diagnostic{{Severity: "error", Message: c.message}}}
			assert.ErrorIs(t, (&Stack{name: "dev"}).explain(t.Context(), "up", errors.New("failed"), plan), c.kind)
		})
	}
}
