package automation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/review"
)

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
