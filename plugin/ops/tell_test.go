package ops

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Moving takes hours: a line that has only another figure comes once in a while.
func TestNewsworthy(t *testing.T) {
	inTime(t, func(t *testing.T) {
		news := newsworthy()
		assert.True(t, news("broker 3: 1 of 9 moved"))
		assert.False(t, news("broker 3: 2 of 9 moved"))
		time.Sleep(quiet)
		assert.True(t, news("broker 3: 8 of 9 moved"))
		assert.False(t, news("broker 3: 9 of 9 moved"))
		assert.True(t, news("broker 3: empty"))
		assert.False(t, news("broker 4: empty"))
	})
}
