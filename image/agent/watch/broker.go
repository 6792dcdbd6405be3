package watch

import (
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// brokerWatch asks the broker about itself.
type brokerWatch struct {
	state  *probes.Latest
	id     int
	client wire.Client
	port   portWatch
	last   probes.Broker // what it last said
	heard  time.Time     // and when
	looked time.Time     // when it was last asked for all partitions
	// when it last was, or may have been, out of the controllers' sight without its own metadata saying so
	doubted time.Time
}

func (w *brokerWatch) poll(now time.Time) time.Duration {
	members, err := w.client.DescribeCluster()
	if err == nil {
		at := slices.IndexFunc(members, func(m wire.Member) bool { return m.ID == w.id })
		w.last.Registered, w.last.Fenced = at >= 0, at >= 0 && members[at].Fenced
		behind := w.mustCatchUp(now)
		w.last.CaughtUp = w.last.CaughtUp && !behind
		w.heard = now
		if w.last.Registered && !w.last.Fenced && (!w.last.CaughtUp || now.Sub(w.looked) >= lookAgain) {
			var partitions []wire.Partition
			if partitions, err = w.client.Partitions(); err == nil {
				w.looked = now
				saw(&w.last, isrOf(w.id, partitions))
				w.last.CaughtUp = w.last.CaughtUp && !behind
			}
		}
	}
	// One answer that was lost takes nothing back; that the broker does not answer is the port's to say.
	port := w.port.saw(now, err == nil, shut(err))
	w.state.Update(func(o *probes.Observation) {
		cutOff := o.Broker.CutOff
		o.Broker, o.BrokerPort = w.last, port
		o.Broker.CutOff = cutOff
	})
	if !w.last.Registered || w.last.Fenced {
		return watchStart
	}
	return watchEvery // also while it catches up, since every look asks for all partitions
}

// lookAgain is how often a broker that was in sync is asked for its partitions once more. A fencing that was over between two
// looks shows nowhere else. The answer is as long as the cluster has partitions, so it is not asked at every look.
const lookAgain = 30 * time.Second

// settled is how long what a broker says of ISRs is not believed after it was out of the controllers' sight: it may not
// have read yet that it was fenced, and takes itself to be in all of them.
const settled = 10 * time.Second

// mustCatchUp reports whether the controllers have, or may have, fenced the broker since it was last in sync: that takes it
// out of every ISR. What is fenced cannot see it, so silence and a cut cable count, too.
func (w *brokerWatch) mustCatchUp(now time.Time) bool {
	switch {
	case !w.last.Registered || w.last.Fenced:
		w.doubted = time.Time{} // it has read it
		return true
	case w.heard.IsZero(): // a start: it answers nobody before it has read everything
		return false
	case w.state.Read().Broker.CutOff != "" || now.Sub(w.heard) > contract.BrokerSession:
		w.doubted = now
		return true
	}
	return !w.doubted.IsZero() && now.Sub(w.doubted) < settled
}

// isrs counts the partitions with a replica on a broker.
type isrs struct {
	in         int // it is in their ISR
	out        int // it is not
	leaderless int // it is not, and cannot get there, since they have no leader
}

func isrOf(id int, partitions []wire.Partition) (n isrs) {
	for _, p := range partitions {
		switch {
		case !slices.Contains(p.Replicas, id):
		case slices.Contains(p.ISR, id):
			n.in++
		case p.Leader < 0:
			n.leaderless++
		default:
			n.out++
		}
	}
	return n
}

// saw takes a look at all partitions. Once in sync, a broker may fall behind in some of them without losing the latch; one
// that is in no ISR any more was fenced, which takes it out of all of them at once.
func saw(b *probes.Broker, n isrs) {
	b.OutOfSync, b.Leaderless = n.out, n.leaderless
	b.CaughtUp = n.out == 0 || b.CaughtUp && n.in > 0
}
