package silence

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var s Silence[string]
		assert.False(t, s.Lasts("a"))
		assert.True(t, s.Begins("a"))
		assert.True(t, s.Lasts("a"))
		assert.False(t, s.Begins("a"), "somebody was before")
		assert.False(t, s.Lasts("b"))

		time.Sleep(Lasting)
		assert.False(t, s.Lasts("a"), "it is time to ask again")
		assert.True(t, s.Begins("a"))
		s.Ends("a")
		assert.False(t, s.Lasts("a"))
	})
}
