package nodeport

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// Ports that all move by the same number, by whatever number, are each free in their turn.
func TestOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, by := rapid.IntRange(1, 12).Draw(t, "services"), rapid.IntRange(-15, 15).Draw(t, "by")
		has, wanted, taken := map[string]int{}, map[string]int{}, map[int]bool{}
		moved := rapid.IntRange(0, n).Draw(t, "moved") // by a run that was cut off, the highest first or the lowest
		for i := range n {
			name := fmt.Sprintf("s%02d", i)
			has[name], wanted[name] = 31000+i, 31000+i+by
			if by > 0 && i >= n-moved || by < 0 && i < moved {
				has[name] = wanted[name]
			}
			taken[has[name]] = true
		}
		for _, service := range order(has, wanted) {
			assert.False(t, taken[wanted[service]], "%s wants %d, which is taken", service, wanted[service])
			delete(taken, has[service])
			taken[wanted[service]] = true
			has[service] = wanted[service]
		}
		assert.Equal(t, wanted, has)
	})
}
