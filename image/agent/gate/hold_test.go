package gate

import (
	"errors"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// held runs a gate of a minute with these looks, one after the other, the last one again and again, and returns how long it held and
// what it announced.
func held(t *testing.T, looks ...looked) (took time.Duration, said []bool) {
	t.Helper()
	n := 0
	h := stopHold{limit: time.Minute, holds: &Holds{}, announce: func(leaving bool) { said = append(said, leaving) }, look: func() (stopView, error) {
		l := looks[min(n, len(looks)-1)]
		n++
		return l.view, l.err
	}}
	begin := time.Now()
	h.wait(nil, make(chan struct{}))
	return time.Since(begin), said
}

var (
	freely  = looked{view: stopView{self: 1}}
	blocked = looked{view: stopView{self: 1, quorum: &quorumStop{voters: []int{0, 1, 2}}, others: map[int]presence{}}}
	mute    = looked{view: stopView{self: 1}, err: errors.New("no answer")}
)

func TestAStopThatNothingSpeaksAgainst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, said := held(t, freely)
		if took != 0 || len(said) != 1 || !said[0] {
			t.Errorf("%s, %v: at once, and said", took, said)
		}
	})
}

// A look that fails says nothing, however often it does within seconds.
func TestOneFailedLookOpensNoGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, _ := held(t, blocked, mute, blocked, mute, mute, mute, blocked)
		if took != time.Minute {
			t.Errorf("let through after %s, although it was blocked whenever somebody answered", took)
		}
	})
}

// What was seen before the announcement may be old: the look after it decides.
func TestTheLookAfterTheAnnouncementDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took, said := held(t, freely, blocked, blocked, freely)
		if took != 2*stopLooks || len(said) != 3 || !said[0] || said[1] || !said[2] {
			t.Errorf("%s, %v", took, said)
		}
	})
}

// pair are two nodes of three voters that are told to stop at the same time or nearly so; each sees what the other says.
func TestOfTwoStopsOneWaits(t *testing.T) {
	for _, apart := range []time.Duration{0, time.Millisecond, 100 * time.Millisecond, 499 * time.Millisecond, 3 * time.Second} {
		for _, first := range []int{0, 2} {
			synctest.Test(t, func(t *testing.T) {
				var mu sync.Mutex
				says := map[int]presence{}
				through := 0
				stop := func(id int) {
					mu.Lock()
					says[id] = stopping
					mu.Unlock()
					stopHold{limit: time.Minute, holds: &Holds{}, announce: func(passed bool) {
						mu.Lock()
						defer mu.Unlock()
						says[id] = stopping
						if passed {
							says[id] = leaving
						}
					}, look: func() (stopView, error) {
						time.Sleep(2 * time.Millisecond) // a question takes a moment
						mu.Lock()
						defer mu.Unlock()
						other := 2 - id
						return stopView{self: id, others: map[int]presence{other: says[other]},
							quorum: &quorumStop{leaderKnown: true, voters: []int{0, 1, 2}, caughtUp: []int{0, 1, 2}}}, nil
					}}.wait(nil, make(chan struct{}))
					mu.Lock()
					defer mu.Unlock()
					through++
				}
				go stop(first)
				time.Sleep(apart)
				go stop(2 - first)
				time.Sleep(30 * time.Second)
				mu.Lock()
				defer mu.Unlock()
				if through != 1 {
					t.Errorf("%d first, the other one %s later: %d were let through", first, apart, through)
				}
				mu.Unlock()
				time.Sleep(2 * time.Minute) // to their end
				mu.Lock()
			})
		}
	}
}

// A look that hangs keeps nobody from the limit or the second signal.
func TestTheLimitIsHeardWhileALookHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := make(chan struct{})
		h := stopHold{limit: time.Minute, holds: &Holds{}, announce: func(bool) {}, look: func() (stopView, error) { <-hang; return stopView{}, nil }}
		begin := time.Now()
		h.wait(nil, make(chan struct{}))
		if took := time.Since(begin); took != time.Minute {
			t.Errorf("%s", took)
		}
		again := make(chan syscall.Signal, 1)
		again <- syscall.SIGTERM
		h.wait(again, make(chan struct{}))
		close(hang)
	})
}

// Two that hold each other back do not give up in the same moment, and none later than the grace period has room for.
func TestGivingUpGoesByRank(t *testing.T) {
	for name, test := range map[string]struct {
		others map[int]presence
		want   time.Duration
	}{
		"nobody else":             {map[int]presence{0: present, 2: present}, time.Minute},
		"the lower one of two":    {map[int]presence{0: present, 2: stopping}, time.Minute - stopStagger},
		"the higher one of two":   {map[int]presence{0: stopping, 2: present}, time.Minute},
		"another has gone by now": {map[int]presence{0: present, 2: leaving}, time.Minute},
		"the lowest of many":      {map[int]presence{2: stopping, 3: stopping, 4: stopping, 5: present}, time.Minute / 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			look := blocked
			look.view.others = test.others
			if took, _ := held(t, look); took != test.want {
				t.Errorf("%s: %s, want %s", name, took, test.want)
			}
		})
	}
}

func TestAPanicOfALookIsOneThatFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		h := stopHold{limit: time.Minute, holds: &Holds{}, announce: func(bool) {}, look: func() (stopView, error) {
			if n++; n == 1 {
				var nobody *stopView // an answer that nobody thought of
				nobody.self = 1
			}
			return stopView{}, nil
		}}
		begin := time.Now()
		h.wait(nil, make(chan struct{}))
		if took := time.Since(begin); took != stopLooks {
			t.Errorf("%s", took)
		}
	})
}

// What the stop waits for is counted, each by itself, for as long as it is waited for and not before anybody was asked.
func TestHolds(t *testing.T) {
	replica := brokerStop{peers: []int{0}, minISR: map[string]int{"t": 1},
		partitions: []wire.Partition{{Topic: "t", Replicas: []int{0, 1}, ISR: []int{1}}}}
	both := blocked
	both.view.broker = &replica
	synctest.Test(t, func(t *testing.T) {
		holds, n := &Holds{}, 0
		looks := []looked{both, both, blocked, mute, both, freely, freely}
		stopHold{limit: time.Minute, holds: holds, announce: func(bool) {}, look: func() (stopView, error) {
			l := looks[n]
			n++
			return l.view, l.err
		}}.wait(nil, make(chan struct{}))
		time.Sleep(time.Hour) // Kafka's own stop is no hold
		for what, want := range map[WaitsFor]Held{
			ForQuorum: {2, 4 * stopLooks}, ForReplicas: {2, 3 * stopLooks}, ForAnswers: {1, stopLooks},
		} {
			if got := holds.Of(what, time.Now()); got != want {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	})
	synctest.Test(t, func(t *testing.T) { // and it is told while it is held back
		holds := &Holds{}
		go stopHold{limit: time.Minute, holds: holds, announce: func(bool) {}, look: func() (stopView, error) { return blocked.view, nil }}.wait(nil, make(chan struct{}))
		time.Sleep(10 * time.Second)
		if got, want := holds.Of(ForQuorum, time.Now()), (Held{1, 10 * time.Second}); got != want {
			t.Errorf("%v, want %v", got, want)
		}
		time.Sleep(time.Hour)
		if got, want := holds.Of(ForQuorum, time.Now()), (Held{1, time.Minute}); got != want {
			t.Errorf("after the limit: %v, want %v", got, want)
		}
	})
}
