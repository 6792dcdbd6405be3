package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// verdict is the answer to a probe: yes or no, and one line why.
type verdict struct {
	ok  bool
	why string
}

func yes(format string, args ...any) verdict { return verdict{true, fmt.Sprintf(format, args...)} }
func no(format string, args ...any) verdict  { return verdict{false, fmt.Sprintf(format, args...)} }

const (
	// wedgedAfter is how long a listener may accept connections without answering any before the JVM counts as wedged.
	// Long enough for any garbage collection or stalled disk that a node comes back from.
	wedgedAfter = time.Minute
	// wakeTime is how long a JVM that hung before it was told to stop may take to wake and close its logs.
	wakeTime = 30 * time.Second
	// stopPatience is how long a JVM may take to stop. Kafka itself waits for up to five minutes for the controllers'
	// consent; closing the logs comes after that.
	stopPatience = 8 * time.Minute
	// joinLimit is how long a controller that has caught up may take to become a voter. It asks the leader for it every few
	// seconds; a rollout takes its time.
	joinLimit = 10 * time.Minute
	// behindLimit is how far a controller may be behind its leader and still count as caught up. The leader writes
	// a record every half second at least (metadata.max.idle.interval.ms), so a healthy one is never far behind.
	behindLimit = 5 * time.Second
	// startupHold is how long startup holds back its yes for readiness. Startup is asked every second and readiness, with
	// its first question right after startup's yes, only every few: a node that needs a moment more for the election or
	// for its replicas would else have to wait for the second question.
	startupHold = 10 * time.Second
)

// startup is yes once the node answers on the listener of every role and is ready, or has answered for startupHold. Log
// recovery comes before that and may take hours on a large volume, so the probe's failure threshold has to be generous.
func (o observation) startup() verdict {
	if v := o.answers(); !v.ok {
		return v
	}
	if v := o.inService(); !v.ok && o.answeredFor < startupHold {
		return v
	}
	return yes("the node answers")
}

// answers is yes once the node has answered on the listener of every role.
func (o observation) answers() verdict {
	switch {
	case o.waiting != "":
		return no("waiting %s", o.waiting)
	case !o.started:
		return no("the JVM is not started yet")
	case o.hasControl && !o.controlPort.everAnswers:
		return no("the controller listener does not answer yet")
	case o.hasBroker && !o.brokerPort.everAnswers:
		return no("the broker listener does not answer yet: log recovery, or waiting for the quorum")
	}
	return yes("the node answers")
}

// liveness is no only where a restart can help: the JVM has ended, or answers nobody for a minute. Log recovery, a lost
// quorum, a fenced broker or an observer are not reasons; a restart would only make them worse.
func (o observation) liveness() verdict {
	if o.ended {
		return no("the JVM has ended")
	}
	if o.waiting != "" || !o.started {
		return yes("the JVM is not started yet")
	}
	if why := o.wedged(); why != "" && !o.stopping {
		return no("%s", why)
	}
	return yes("the JVM runs")
}

// wedged says which listener accepts connections and has not answered any for long; empty: none.
func (o observation) wedged() string {
	for _, l := range []struct {
		name string
		port portView
	}{{"broker", o.brokerPort}, {"controller", o.controlPort}} {
		if l.port.everAnswers && l.port.silentFor >= wedgedAfter {
			return fmt.Sprintf("the JVM is wedged: its %s listener has not answered for %s", l.name, l.port.silentFor.Round(time.Second))
		}
	}
	return ""
}

// hung says why a JVM that was told to stop so long ago will not do it any more; empty: it may still.
func (o observation) hung(told time.Duration) string {
	if why := o.wedged(); why != "" && told >= wakeTime {
		return why
	}
	if told >= stopPatience {
		return fmt.Sprintf("the JVM has not ended within %s", stopPatience)
	}
	return ""
}

// readiness is yes when every role of the node is ready.
func (o observation) readiness() verdict {
	if v := o.answers(); !v.ok {
		return v
	}
	if o.told {
		return no("stopping")
	}
	// While the gate holds a stop back, the node serves on: it may lead partitions that nobody else can.
	return o.inService()
}

// inService is yes when every role does its work.
func (o observation) inService() verdict {
	if o.hasControl {
		if v := o.controllerReady(); !v.ok {
			return v
		}
	}
	if o.hasBroker {
		if v := o.brokerReady(); !v.ok {
			return v
		}
	}
	if why := o.tooMany(); why != "" {
		return yes("ready; %s", why)
	}
	return yes("ready")
}

// tooMany says which voters the plan does not have, and the way out; empty: none.
func (o observation) tooMany() string {
	extra := o.unplanned()
	if len(extra) == 0 {
		return ""
	}
	return fmt.Sprintf("voters %s are not in the plan and count for the quorum's majority: start them, or take each out by %s",
		numbers(extra), contract.HelpExtraVoters)
}

// brokerReady asks for a broker that serves clients: registered and not fenced. It says nothing of replicas: a partition
// without a leader, a reassignment or a throttle must not take a healthy broker from its clients. What waits for
// replicas is the stop gate of the next pod, and the rollout, which asks for caughtUp.
func (o observation) brokerReady() verdict {
	switch b := o.broker; {
	case !o.brokerPort.answering:
		return no("the broker listener does not answer")
	case !b.registered:
		return no("the broker is not registered with the controllers")
	case b.fenced:
		return no("the broker is fenced: the controllers do not hear its heartbeats, or it is still catching up with the metadata")
	case b.cutOff != "":
		return no("%s", b.cutOff)
	}
	return yes("the broker serves")
}

// controllerReady asks for a leader and for a metadata log that is up to date. An observer counts for a while: it is on its
// way into the quorum (controller.quorum.auto.join.enable), and a rollout may have to come to its end for it to get there.
func (o observation) controllerReady() verdict {
	switch c := o.control; {
	case !o.controlPort.answering:
		return no("the controller listener does not answer")
	case c.leaderID < 0:
		return no("no controller answers as the quorum's leader")
	case c.place == noPlace:
		return no("the leader, controller %d, has not heard of this controller yet", c.leaderID)
	case c.place == observer && c.observes >= joinLimit:
		return no("an observer for %s, which never became a voter: the quorum does not count on it (the active controller's log says why)", c.observes.Round(time.Second))
	case c.behind > behindLimit:
		return no("the metadata log is %s behind the leader's", c.behind.Round(time.Second))
	}
	return yes("%s of the quorum, leader is controller %d", o.control.place, o.control.leaderID)
}

// unplanned are the voters that the plan does not have: somebody scaled by hand, and nothing takes them out again.
func (o observation) unplanned() []int {
	var extra []int
	for _, id := range o.control.voters {
		if len(o.planned) > 0 && !slices.Contains(o.planned, id) {
			extra = append(extra, id)
		}
	}
	return extra
}

// role is the node's role as KubeBlocks names roles: of a controller its part in the quorum, otherwise broker; empty
// when it is not known.
func (o observation) role() string {
	switch {
	case o.hasControl && (!o.controlPort.answering || o.control.leaderID < 0):
		return ""
	case o.hasControl && o.control.leaderID == o.nodeID:
		return "leader"
	case o.hasControl && o.control.place == voting:
		return "follower"
	case o.hasControl && o.control.place == observer:
		return "observer"
	case o.hasControl:
		return ""
	case o.brokerPort.answering && o.broker.registered:
		return "broker"
	}
	return ""
}

// report is what other agents are told. The history is what the metadata directory shows at this very moment: another
// controller may form a new quorum on the strength of it.
func (o observation) report(now history) report {
	caughtUp := !o.hasBroker || o.broker.caughtUp
	r := report{
		NodeID: o.nodeID, ClusterID: o.clusterID, LeaderID: -1, Stopping: o.stopping, Leaving: o.leaving,
		Ready: o.readiness().ok, CaughtUp: &caughtUp,
		OutOfSync: o.broker.outOfSync, Leaderless: o.broker.leaderless, UnplannedVoters: o.unplanned(),
	}
	if !o.hasControl {
		return r
	}
	r.History = now
	if o.controlPort.answering && o.control.leaderID >= 0 {
		r.LeaderID, r.LeaderEpoch = o.control.leaderID, o.control.leaderEpoch
		r.Voters, r.Alive = o.control.voters, o.control.alive
	}
	return r
}
