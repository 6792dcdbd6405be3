package automation

import (
	"sync"
	"time"
)

// killed are runs of Pulumi that this program started and had to kill, so that the
// locks of these are known to be dead wherever it runs.
var killed runs

// runs are lives of processes, by their number.
type runs struct {
	mu    sync.Mutex
	lives map[int]life
}

type life struct{ begin, end time.Time }

// add notes that a process has ended by our hand.
func (r *runs) add(pid int, begin, end time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.lives == nil {
		r.lives = map[int]life{}
	}
	r.lives[pid] = life{begin, end}
}

// has reports whether the process that had that number at that time was one of them.
func (r *runs) has(pid int, at time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	l, ok := r.lives[pid]
	return ok && !at.Before(l.begin) && !at.After(l.end)
}
