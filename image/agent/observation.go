package main

import "time"

// observation is what the agent knows of its node at one moment. It is refreshed once a second by the watchers, so
// that a probe is answered from memory, whatever the JVM is doing. Everything decided from it is a pure function.
type observation struct {
	waiting     string        // why the JVM was not started yet; empty once it was
	started     bool          // the JVM process was started
	ended       bool          // the JVM process has ended
	stopping    bool          // SIGTERM has come
	leaving     bool          // the stop was let through
	told        bool          // the JVM was told to stop
	planned     []int         // ids of the planned controllers; only with the controller role
	answeredFor time.Duration // since it first had answered on the listener of every role
	hasBroker   bool
	hasControl  bool
	nodeID      int
	clusterID   string
	broker      brokerView
	control     controlView
	brokerPort  portView
	controlPort portView
}

// portView is how a listener behaves.
type portView struct {
	answering   bool          // it answered when last asked
	everAnswers bool          // it answered once since this start
	silentFor   time.Duration // how long it has accepted connections without answering; 0 when refused or answering
}

// brokerView is what the broker says of itself.
type brokerView struct {
	registered bool
	fenced     bool
	outOfSync  int    // partitions with a leader and a replica here that is not in the ISR
	leaderless int    // partitions with a replica here and without a leader: nobody can catch up in them
	caughtUp   bool   // the latch: since this start, or since it was last fenced, once in every ISR
	cutOff     string // why the controllers cannot know that it lives, although it cannot tell; empty: they do
}

// counts reports whether the controllers count on this broker. What it says of ISRs itself is old if it is cut off.
func (b brokerView) counts() bool { return b.registered && !b.fenced && b.cutOff == "" }

// controlView is what the quorum's leader says of this controller.
type controlView struct {
	leaderID    int // -1: no controller has answered as leader within quorumMemory
	leaderEpoch int
	place       place
	observes    time.Duration // for how long it has been an observer
	behind      time.Duration // how long ago this one last had everything that the leader has
	voters      []int         // ids of all voters
	alive       []int         // ids of those that the leader hears, itself included
}

// place is a controller's place in the quorum.
type place string

const (
	noPlace  place = ""
	voting   place = "voter"
	observer place = "observer"
)
