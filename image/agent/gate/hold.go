package gate

import (
	"fmt"
	"strings"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

const (
	// stopLooks is how often the gate looks again while it holds a stop back.
	stopLooks = 500 * time.Millisecond
	// stopStagger keeps nodes that hold each other back from giving up in the same moment: the one with the lower id
	// goes so much before the limit, and the next one may find it back. Never after it: Kubernetes' grace period may
	// have no more room than Kafka's own stop takes.
	stopStagger = 15 * time.Second
)

// stopHold holds a stop back until a look at the cluster lets it through.
type stopHold struct {
	limit    time.Duration
	look     func() (stopView, error) // the error: what was asked and did not answer
	announce func(leaving bool)       // tells the other agents that this node is let through, or not yet
	holds    *Holds                   // counts what it waits for
}

// looked is the outcome of one look.
type looked struct {
	view stopView
	err  error
}

// wait returns when the stop may go on: because nothing speaks against it, because the limit is over, because a second
// signal came, or because the JVM ended by itself. All of these are heard while a look is going on.
func (h stopHold) wait(again <-chan syscall.Signal, ended <-chan struct{}) {
	if h.limit == 0 { // no gate is wanted
		h.announce(true)
		return
	}
	defer func() { h.holds.note(time.Now(), nil) }()
	begin, told := time.Now(), time.Time{}
	reason, limit, leaving := "nobody was asked yet", h.limit, false
	looks := make(chan looked, 1)
	look := func() { go func() { looks <- h.guarded() }() }
	look()
	for {
		pause := time.NewTimer(time.Until(begin.Add(limit)))
		select {
		case <-ended:
			return
		case <-again:
			say.Warn("stop: a second signal came, going on although %s", reason)
			h.announce(true)
			return
		case <-pause.C:
			say.Warn("stop: held back for %s and going on all the same (%s), although %s", limit.Round(time.Second), contract.EnvStopSeconds, reason)
			h.announce(true)
			return
		case l := <-looks:
			pause.Stop()
			now := time.Now()
			waits := []WaitsFor{ForAnswers}
			if l.err != nil {
				reason = "nobody can tell: " + strings.ReplaceAll(l.err.Error(), "\n", "; ")
			} else {
				reason, waits = decideStop(l.view)
			}
			h.holds.note(now, waits)
			limit = max(h.limit-time.Duration(l.view.after())*stopStagger, h.limit/2)
			if reason == "" && leaving {
				say.Info("stop: nothing speaks against it, after %s", now.Sub(begin).Round(100*time.Millisecond))
				return
			}
			// Whoever is let through says so and looks once more: of two that were let through at the same moment at
			// least one sees the other, and waits.
			if again := reason == ""; again != leaving {
				leaving = again
				h.announce(leaving)
			}
			if leaving {
				look()
				continue
			}
			if now.Sub(told) >= 5*time.Second {
				say.Warn("stop: held back, since %s", reason)
				told = now
			}
			time.AfterFunc(stopLooks, look)
		}
	}
}

// guarded looks once. A panic of a look would end the agent and with it the JVM, without a chance to close its logs.
func (h stopHold) guarded() (l looked) {
	defer func() {
		if r := recover(); r != nil {
			l = looked{err: fmt.Errorf("a look failed: %v", r)}
		}
	}()
	l.view, l.err = h.look()
	return l
}

// after counts the nodes that are held back, too, and over which this one has the right of way.
func (v stopView) after() int {
	n := 0
	for id, is := range v.others {
		if is == stopping && id > v.self {
			n++
		}
	}
	return n
}
