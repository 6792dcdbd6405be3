package main

import (
	"fmt"
	"syscall"
	"time"
)

const (
	// stopLooks is how often the gate looks again while it holds a stop back.
	stopLooks = 500 * time.Millisecond
	// stopSilence is how long a node may leave the gate without an answer before it counts as one that has nothing to
	// lose. One answer that is late (a collection, a slow disk, a topic that was just deleted) says nothing: the gate
	// looks twice a second, and most of all under load.
	stopSilence = 10 * time.Second
	// stopStagger keeps nodes that hold each other back from giving up in the same moment: the one with the lower id
	// goes first, and the next one may find it back.
	stopStagger = 15 * time.Second
)

// stopHold holds a stop back until a look at the cluster lets it through.
type stopHold struct {
	limit    time.Duration
	look     func() (stopView, error) // the error: what was asked and did not answer
	announce func(leaving bool)       // tells the other agents that this node is let through, or not yet
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
	begin, told, silentSince := time.Now(), time.Time{}, time.Time{}
	reason, limit, leaving := "nobody was asked yet", h.limit, false
	looks := make(chan looked, 1)
	look := func() { go func() { view, err := h.look(); looks <- looked{view, err} }() }
	look()
	for {
		pause := time.NewTimer(time.Until(begin.Add(limit)))
		select {
		case <-ended:
			return
		case <-again:
			say("WARN", "stop: a second signal came, going on although %s", reason)
			h.announce(true)
			return
		case <-pause.C:
			say("WARN", "stop: held back for %s and going on all the same (KAFKA_STOP_SECONDS), although %s", limit, reason)
			h.announce(true)
			return
		case l := <-looks:
			pause.Stop()
			now := time.Now()
			switch {
			case l.err == nil:
				silentSince = time.Time{}
			case silentSince.IsZero():
				silentSince = now
			}
			if l.err != nil && now.Sub(silentSince) < stopSilence {
				reason = fmt.Sprintf("nobody can tell: %v", l.err)
			} else {
				reason = decideStop(l.view)
			}
			limit = h.limit + time.Duration(l.view.before())*stopStagger
			if reason == "" && leaving {
				say("INFO", "stop: nothing speaks against it, after %s", now.Sub(begin).Round(100*time.Millisecond))
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
				say("WARN", "stop: held back, since %s", reason)
				told = now
			}
			time.AfterFunc(stopLooks, look)
		}
	}
}

// before counts the nodes that are on their way out and have the right of way.
func (v stopView) before() int {
	n := 0
	for id, is := range v.others {
		if (is == stopping || is == leaving) && id < v.self {
			n++
		}
	}
	const most = 3 // which the grace period has room for
	return min(n, most)
}
