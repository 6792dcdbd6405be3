package automation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestErrorsHaveKindAndCause(t *testing.T) {
	cause := errors.New("because")
	err := (&Stack{name: "dev"}).fail("up", ErrTimeout, cause, "Do this.")
	assert.ErrorIs(t, err, ErrTimeout)
	assert.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "stack dev: up: not ready in time: because\nDo this.")
}
