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

// A move that was cut off after any of its steps, and then another one: the second gets through, too.
func TestOrderAfterACut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 6).Draw(t, "services")
		has := map[string]int{}
		for i := range n {
			has[fmt.Sprintf("s%02d", i)] = 31000 + i
		}
		move := func(base, steps int) {
			wanted, taken := map[string]int{}, map[int]string{}
			for i := range n {
				wanted[fmt.Sprintf("s%02d", i)] = base + i
			}
			for s, p := range has {
				taken[p] = s
			}
			for i, s := range order(has, wanted) {
				if i == steps {
					return
				}
				assert.Empty(t, taken[wanted[s]], "%s wants %d of %v", s, wanted[s], has)
				delete(taken, has[s])
				taken[wanted[s]], has[s] = s, wanted[s]
			}
		}
		move(31000+rapid.IntRange(-7, 7).Draw(t, "first"), rapid.IntRange(0, n).Draw(t, "steps"))
		move(31000+rapid.IntRange(-7, 7).Draw(t, "second"), -1)
	})
}
