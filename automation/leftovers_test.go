package automation

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// A lock is dead if that is proved, not if its process cannot be seen.
func TestDeadOwner(t *testing.T) {
	now := time.Now()
	killed.add(1_000_000_007, now.Add(-time.Minute), now)
	const never = 1_000_000_009 // above every kernel's pid_max
	for _, c := range []struct {
		name string
		owner
		dead bool
	}{
		{"half written", owner{}, false},
		{"this process", owner{os.Getpid(), "me", "here", now}, false},
		{"somebody else", owner{1_000_000_007, "other", "here", now}, false},
		{"another machine", owner{1_000_000_007, "me", "there", now}, false},
		{"killed by us", owner{1_000_000_007, "me", "here", now.Add(-time.Second)}, true},
		{"gone", owner{never, "me", "here", now}, gone(never)},
	} {
		assert.Equal(t, c.dead, c.owner.dead("here", "me"), c.name)
	}
	assert.False(t, killed.has(1_000_000_007, now.Add(time.Hour)), "another process of that number")
}

// Whoever is killed while a gate waits can go on.
func TestHarmless(t *testing.T) {
	assert.True(t, harmless("kafka-kraft:ops:Rollout"))
	assert.True(t, harmless("random:index/randomId:RandomId"))
	assert.False(t, harmless("kubernetes:core/v1:ConfigMap"))
}
