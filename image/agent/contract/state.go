package contract

import "time"

// State is the body of PathState: what an agent tells other agents and a rollout of its node.
type State struct {
	NodeID      int     `json:"nodeId"`
	ClusterID   string  `json:"clusterId"`
	History     History `json:"history,omitempty"` // of the metadata directory; only with the controller role
	LeaderID    int     `json:"leaderId"`          // the quorum's leader as this node knows it, -1: none
	LeaderEpoch int     `json:"leaderEpoch"`
	Voters      []int   `json:"voters,omitempty"` // all voters, as that leader says
	Alive       []int   `json:"alive,omitempty"`  // those of them that it hears
	Stopping    bool    `json:"stopping"`         // SIGTERM has come
	Leaving     bool    `json:"leaving"`          // and the stop was let through

	// What a rollout waits for, beyond a pod that is ready.
	Ready           bool  `json:"ready"`
	CaughtUp        *bool `json:"caughtUp"`                  // the broker is back in every ISR that has a leader; nil from an image older than the field
	OutOfSync       int   `json:"outOfSync"`                 // partitions of this broker in whose ISR it is not
	Leaderless      int   `json:"leaderless"`                // partitions of this broker that nobody leads
	UnplannedVoters []int `json:"unplannedVoters,omitempty"` // voters that the plan does not have

	Restarts Restarts `json:"restarts,omitzero"` // of the JVM, by the agent itself; missing: none

	CertificateUntil time.Time `json:"certificateUntil,omitzero"` // when the certificate that Kafka runs with ends, RFC 3339; missing: it has none
}

// Restarts are the times at which an agent started its node's JVM again without an end of the container, which Kubernetes
// counts itself. They begin anew with every container.
type Restarts struct {
	Count int       `json:"count"`
	Last  time.Time `json:"last"` // RFC 3339
}

// History says how much a controller's metadata directory knows of a quorum.
type History string

// Histories. A word that an agent does not know counts as no answer.
const (
	Blank   History = "blank"   // never formatted, or emptied
	Lost    History = "lost"    // blank, though this node or its stack has lived (package quorum, Past)
	Initial History = "initial" // formatted as one of the initial voters; no leader was ever seen
	Joining History = "joining" // formatted to join a running quorum; nothing was fetched from it yet
	Lived   History = "lived"   // has records of a quorum that had a leader
)
