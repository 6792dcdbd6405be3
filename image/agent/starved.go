package main

import (
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// starvedLooks is how often the kernel's count is read. A large JVM takes a few seconds to be gone after it was killed.
const starvedLooks = 10 * time.Second

// starved knows whether the kernel had to end a process of this container lately for lack of memory. It cannot be told
// which one: a tool in the container may be meant, and the JVM have died a moment later. Then it counts all the same.
type starved struct {
	cgroup       string
	before, last uint64 // what the count was one look ago, and at the last one
}

func newStarved(cgroup string) *starved {
	now := settings.OutOfMemoryKills(cgroup)
	return &starved{cgroup, now, now}
}

// look is to be called every starvedLooks.
func (s *starved) look() { s.before, s.last = s.last, settings.OutOfMemoryKills(s.cgroup) }

// lately reports whether a process was ended since the look before the last one.
func (s *starved) lately() bool { return settings.OutOfMemoryKills(s.cgroup) != s.before }
