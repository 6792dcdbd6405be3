// Package progress tells a person what a long command is doing: one line when a
// step starts, one when it ends with the time it took, and while a step is silent
// for long, a line that it is still going on.
package progress

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// quiet is how long a step may say nothing before a reminder is printed.
const quiet = 30 * time.Second

// Log prints lines prefixed with the time since the command began. It is safe for
// use by several goroutines.
type Log struct {
	mu    sync.Mutex
	out   io.Writer
	start time.Time
}

// New starts the clock.
func New(out io.Writer) *Log { return &Log{out: out, start: time.Now()} }

// Say prints one line.
func (l *Log) Say(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, "[%6s] %s\n", short(time.Since(l.start)), fmt.Sprintf(format, args...))
}

// Step runs do as one named step: it says that the step starts, reminds every 30 s
// that it goes on, and says how long it took. The error is returned as it is.
func (l *Log) Step(title string, do func() error) error {
	begin := time.Now()
	l.Say("%s …", title)
	stop := make(chan struct{})
	go func() {
		tick := time.NewTicker(quiet)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				l.Say("%s … still going (%s)", title, short(time.Since(begin)))
			}
		}
	}()
	err := do()
	close(stop)
	if err != nil {
		l.Say("%s: failed after %s", title, short(time.Since(begin)))
		return err
	}
	l.Say("%s: done in %s", title, short(time.Since(begin)))
	return nil
}

func short(d time.Duration) string {
	if d < 10*time.Second {
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
