// Package probes decides what is answered about a node: to Kubernetes' probes, to other agents and to a rollout. Every answer
// is a pure function of an Observation, of which Latest holds the last one.
package probes

import (
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Observation is what the agent knows of its node at one moment. It is refreshed once a second by the watchers, so
// that a probe is answered from memory, whatever the JVM is doing. Everything decided from it is a pure function.
type Observation struct {
	Waiting     string        // why the JVM was not started yet; empty once it was
	Started     bool          // the JVM process was started
	Served      bool          // the node was ready once since this start
	Ended       bool          // the JVM process has ended
	Stopping    bool          // SIGTERM has come
	Leaving     bool          // the stop was let through
	Told        bool          // the JVM was told to stop
	AnsweredFor time.Duration // since it first had answered on the listener of every role
	HasBroker   bool
	HasControl  bool
	NodeID      int
	ClusterID   string
	Broker      Broker
	Control     Control
	BrokerPort  Port
	ControlPort Port
	Cache       Cache
	Certificate time.Time // when the node's certificate ends; zero: it has none
	Issued      time.Time // since when it is valid; zero: it has none
	Vouched     time.Time // until when the CAs vouch for it; zero: it has none
	Restarts    contract.Restarts
}

// Port is how a listener behaves.
type Port struct {
	Answering   bool          // it answered when last asked
	EverAnswers bool          // it answered once since this start
	SilentFor   time.Duration // how long it has accepted connections without answering; 0 when refused or answering
}

// Cache says whether the JVM uses its ahead-of-time cache.
type Cache string

// Answers.
const (
	CacheUnknown Cache = "" // not looked at yet
	CacheUsed    Cache = "used"
	CacheUnused  Cache = "unused"
)

// Broker is what the broker says of itself.
type Broker struct {
	Registered bool
	Fenced     bool
	OutOfSync  int    // partitions with a leader and a replica here that is not in the ISR
	Leaderless int    // partitions with a replica here and without a leader: nobody can catch up in them
	CaughtUp   bool   // the latch: since this start, or since it was last fenced, once in every ISR
	CutOff     string // why the controllers cannot know that it lives, although it cannot tell; empty: they do
}

// Counts reports whether the controllers count on this broker. What it says of ISRs itself is old if it is cut off.
func (b Broker) Counts() bool { return b.Registered && !b.Fenced && b.CutOff == "" }

// Control is what the quorum's leader says of this controller.
type Control struct {
	LeaderID    int // -1: no controller has answered as leader within watch.QuorumMemory
	LeaderEpoch int
	Place       Place
	Observes    time.Duration // for how long it has been an observer
	Behind      time.Duration // how long ago this one last had everything that the leader has
	Voters      []int         // ids of all voters
	Alive       []int         // ids of those that the leader hears, itself included
	Unplanned   []int         // ids of those that the plan does not have
	Hosts       map[int]string
}

// Place is a controller's place in the quorum.
type Place string

// Places.
const (
	NoPlace  Place = ""         // the leader has not heard of it
	Voting   Place = "voter"    // counts for the majority
	Observer Place = "observer" // has the log, and no vote
)
