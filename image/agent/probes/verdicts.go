package probes

import (
	"fmt"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// Verdict is the answer to a probe: yes or no, and one line why.
type Verdict struct {
	OK  bool
	Why string
}

func yes(format string, args ...any) Verdict { return Verdict{true, fmt.Sprintf(format, args...)} }
func no(format string, args ...any) Verdict  { return Verdict{false, fmt.Sprintf(format, args...)} }

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
	// BehindLimit is how far a controller may be behind its leader and still count as caught up. The leader writes
	// a record every half second at least (metadata.max.idle.interval.ms), so a healthy one is never far behind.
	BehindLimit = 5 * time.Second
	// startupHold is how long startup holds back its yes for readiness. Startup is asked every second and readiness, with
	// its first question right after startup's yes, only every few: a node that needs a moment more for the election or
	// for its replicas would else have to wait for the second question.
	startupHold = 10 * time.Second
)

// Startup is yes once the node answers on the listener of every role and is ready, or has answered for startupHold. Log
// recovery comes before that and may take hours on a large volume, so the probe's failure threshold has to be generous.
func (o Observation) Startup() Verdict {
	if v := o.answers(); !v.OK {
		return v
	}
	if v := o.inService(); !v.OK && o.AnsweredFor < startupHold {
		return v
	}
	return yes("the node answers")
}

// answers is yes once the node has answered on the listener of every role.
func (o Observation) answers() Verdict {
	switch {
	case o.Waiting != "":
		return no("waiting %s", o.Waiting)
	case !o.Started:
		return no("the JVM is not started yet")
	case o.HasControl && !o.ControlPort.EverAnswers:
		return no("the controller listener does not answer yet")
	case o.HasBroker && !o.BrokerPort.EverAnswers:
		return no("the broker listener does not answer yet: log recovery, or waiting for the quorum")
	}
	return yes("the node answers")
}

// Liveness is no only where a restart can help: the JVM has ended, or answers nobody for a minute. Log recovery, a lost
// quorum, a fenced broker or an observer are not reasons; a restart would only make them worse.
func (o Observation) Liveness() Verdict {
	if o.Ended {
		return no("the JVM has ended")
	}
	if o.Waiting != "" || !o.Started {
		return yes("the JVM is not started yet")
	}
	if why := o.Wedged(); why != "" && !o.Stopping {
		return no("%s", why)
	}
	return yes("the JVM runs")
}

// Wedged says which listener accepts connections and has not answered any for long; empty: none.
func (o Observation) Wedged() string {
	for _, l := range []struct {
		name string
		port Port
	}{{"broker", o.BrokerPort}, {"controller", o.ControlPort}} {
		if l.port.EverAnswers && l.port.SilentFor >= wedgedAfter {
			return fmt.Sprintf("the JVM is wedged: its %s listener has not answered for %s", l.name, l.port.SilentFor.Round(time.Second))
		}
	}
	return ""
}

// Hung says why a JVM that was told to stop so long ago will not do it any more; empty: it may still.
func (o Observation) Hung(told time.Duration) string {
	if why := o.Wedged(); why != "" && told >= wakeTime {
		return why
	}
	if told >= stopPatience {
		return fmt.Sprintf("the JVM has not ended within %s", stopPatience)
	}
	return ""
}

// Readiness is yes when every role of the node is ready.
func (o Observation) Readiness() Verdict {
	if v := o.answers(); !v.OK {
		return v
	}
	if o.Ended { // at once: what its listeners last said is the past
		return no("the JVM has ended")
	}
	if o.Told {
		return no("stopping")
	}
	// While the gate holds a stop back, the node serves on: it may lead partitions that nobody else can.
	return o.inService()
}

// inService is yes when every role does its work.
func (o Observation) inService() Verdict {
	if o.HasControl {
		if v := o.controllerReady(); !v.OK {
			return v
		}
	}
	if o.HasBroker {
		if v := o.brokerReady(); !v.OK {
			return v
		}
	}
	if why := o.ExtraVoters(); why != "" {
		return yes("ready; %s", why)
	}
	return yes("ready")
}

// ExtraVoters says which voters the plan does not have, and the way out; empty: none.
func (o Observation) ExtraVoters() string {
	extra := o.Control.Unplanned
	if len(extra) == 0 {
		return ""
	}
	return fmt.Sprintf("voters %s are not in the plan and count for the quorum's majority: start them, or take each out by %s",
		say.Numbers(extra), contract.HelpExtraVoters)
}

// brokerReady asks for a broker that serves clients: registered and not fenced. It says nothing of replicas: a partition
// without a leader, a reassignment or a throttle must not take a healthy broker from its clients. What waits for
// replicas is the stop gate of the next pod, and the rollout, which asks for caughtUp.
func (o Observation) brokerReady() Verdict {
	switch b := o.Broker; {
	case !o.BrokerPort.Answering:
		return no("the broker listener does not answer")
	case !b.Registered:
		return no("the broker is not registered with the controllers")
	case b.Fenced:
		return no("the broker is fenced: the controllers do not hear its heartbeats, or it is still catching up with the metadata")
	case b.CutOff != "":
		return no("%s", b.CutOff)
	}
	return yes("the broker serves")
}

// controllerReady asks for a leader and for a metadata log that is up to date. An observer counts for a while: it is on its
// way into the quorum (controller.quorum.auto.join.enable), and a rollout may have to come to its end for it to get there.
func (o Observation) controllerReady() Verdict {
	switch c := o.Control; {
	case !o.ControlPort.Answering:
		return no("the controller listener does not answer")
	case c.LeaderID < 0:
		return no("no controller answers as the quorum's leader")
	case c.Place == NoPlace:
		return no("the leader, controller %d, has not heard of this controller yet", c.LeaderID)
	case c.Place == Observer && c.Observes >= joinLimit:
		return no("an observer for %s, which never became a voter: the quorum does not count on it (the active controller's log says why)", c.Observes.Round(time.Second))
	case c.Behind > BehindLimit:
		return no("the metadata log is %s behind the leader's", c.Behind.Round(time.Second))
	}
	return yes("%s of the quorum, leader is controller %d", o.Control.Place, o.Control.LeaderID)
}

// Role is the node's role as KubeBlocks names roles: of a controller its part in the quorum, otherwise broker; empty
// when it is not known.
func (o Observation) Role() string {
	switch {
	case o.HasControl && (!o.ControlPort.Answering || o.Control.LeaderID < 0):
		return ""
	case o.HasControl && o.Control.LeaderID == o.NodeID:
		return "leader"
	case o.HasControl && o.Control.Place == Voting:
		return "follower"
	case o.HasControl && o.Control.Place == Observer:
		return "observer"
	case o.HasControl:
		return ""
	case o.BrokerPort.Answering && o.Broker.Registered:
		return "broker"
	}
	return ""
}

// State is what other agents are told. The history is what the metadata directory shows at this very moment: another
// controller may form a new quorum on the strength of it.
func (o Observation) State(now contract.History) contract.State {
	caughtUp := !o.HasBroker || o.Broker.CaughtUp
	r := contract.State{
		NodeID: o.NodeID, ClusterID: o.ClusterID, LeaderID: -1, Stopping: o.Stopping, Leaving: o.Leaving,
		Ready: o.Readiness().OK, CaughtUp: &caughtUp,
		OutOfSync: o.Broker.OutOfSync, Leaderless: o.Broker.Leaderless, UnplannedVoters: o.Control.Unplanned,
		Restarts: o.Restarts, CertificateUntil: o.Certificate.UTC(),
	}
	if !o.HasControl {
		return r
	}
	r.History = now
	if o.ControlPort.Answering && o.Control.LeaderID >= 0 {
		r.LeaderID, r.LeaderEpoch = o.Control.LeaderID, o.Control.LeaderEpoch
		r.Voters, r.Alive = o.Control.Voters, o.Control.Alive
	}
	return r
}
