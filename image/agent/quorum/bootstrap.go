// Package quorum decides what a controller may do before its JVM starts: form a quorum, join one, start, or wait. Decide and
// Meeting are pure; what they go by comes from the directories (History, Past) and from other agents (Peer).
package quorum

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Peer is what a fellow initial controller's agent answered, or that it did not.
type Peer struct {
	Voter    contract.Voter
	Answered bool
	Why      string // why it did not answer
	State    contract.State
}

// worksWithout reports whether the quorum that this node belongs to has a leader and a majority that do not count on a
// controller whose volume is empty. Its former self may still stand in the last answers, and may even have been the
// leader; a joiner that meets voters who still follow its former self ends with a fatal error in Kafka.
func worksWithout(r contract.State, id int) bool {
	if r.LeaderID < 0 || r.LeaderID == id {
		return false
	}
	n := 0
	for _, alive := range r.Alive {
		if alive != id {
			n++
		}
	}
	return n > len(r.Voters)/2
}

// Step is what a controller may do next on its way to a started JVM.
type Step int

// Steps.
const (
	Wait  Step = iota // ask again
	Form              // format as an initial voter
	Join              // format without voters and join the running quorum (controller.quorum.auto.join.enable)
	Start             // the directory is ready
)

// Candidate is a controller on its way, as it sees itself.
type Candidate struct {
	ID        int
	ClusterID string
	History   contract.History
	Traces    string // with history lost: what tells that there was a quorum
	Initials  []contract.Voter
	Accepted  bool // somebody has accepted that a new quorum forgets the old one
}

// Unsure says why an answer is not certainly that of the peer that was asked, or not one that this agent understands; it
// then counts as none. An address may for a moment lead to another pod (DNS remembers, addresses are used again).
func (p Peer) Unsure() string {
	switch {
	case !p.Answered:
		return p.Why
	case p.State.NodeID != p.Voter.ID:
		return fmt.Sprintf("node %d answers there", p.State.NodeID)
	}
	switch p.State.History {
	case contract.Blank, contract.Lost, contract.Initial, contract.Joining, contract.Lived:
		return ""
	case "":
		return "what answers there is not a controller"
	default:
		return fmt.Sprintf("its history is %q, which this agent does not know", p.State.History)
	}
}

// Decide says what a controller with this directory may do, and for whom it waits. It fails closed: a blank
// controller forms a quorum only when every initial controller has said that there never was one, and joins only one
// that works without it. Forming a second quorum beside the first one, or over its remains, would lose committed
// metadata (Kafka docs, "KRaft": never format an emptied controller as standalone or initial again).
func Decide(self Candidate, peers []Peer) (Step, string) {
	own := self.History
	if Decided(own) {
		return Start, ""
	}
	var silent, without, unformatted, bereft, remains []string
	for _, p := range peers {
		name := fmt.Sprintf("controller %d", p.Voter.ID)
		why := p.Unsure()
		switch {
		case p.Answered && p.State.ClusterID != self.ClusterID:
			return Wait, fmt.Sprintf("%s at %s is of cluster %s, this node of %s: %s names a node of another cluster",
				name, p.Voter.Host, p.State.ClusterID, self.ClusterID, contract.EnvInitialControllers)
		case why != "":
			silent = append(silent, fmt.Sprintf("%s at %s (%s)", name, p.Voter.Host, why))
		case own == contract.Initial && p.State.LeaderID >= 0:
			return Start, ""
		case worksWithout(p.State, self.ID):
			return Join, fmt.Sprintf("the quorum works without this controller, its leader is %d", p.State.LeaderID)
		case p.State.History == contract.Lived:
			without = append(without, name)
		case p.State.History == contract.Joining:
			remains = append(remains, name)
		case p.State.History == contract.Lost:
			bereft = append(bereft, name)
		case p.State.History == contract.Blank:
			unformatted = append(unformatted, name)
		}
	}
	if own == contract.Initial {
		// This one may always start; it waits a little for those that are being formatted right now (see startPatience).
		if len(without) > 0 || len(silent)+len(unformatted)+len(bereft) == 0 {
			return Start, ""
		}
		return Wait, "for the other initial controllers to be formatted: " + strings.Join(slices.Concat(unformatted, bereft, silent), ", ")
	}
	named := slices.ContainsFunc(self.Initials, func(v contract.Voter) bool { return v.ID == self.ID })
	switch {
	case len(without) > 0 && len(silent) == 0 && named && len(without) <= len(self.Initials)/2:
		return Wait, fmt.Sprintf("for the volumes of a majority of the controllers: only %s still has the metadata log, and Kafka has no way to make a quorum out of a minority; bring the volume of another one back from a copy; or begin anew with no topics, offsets, users and ACLs: empty the metadata volumes that are left, too, then %s",
			strings.Join(without, ", "), contract.HelpAcceptLoss(contract.LossOfQuorum))
	case len(without) > 0:
		return Wait, fmt.Sprintf("for a leader: this volume is empty, and %s took part in a quorum that has no leader and majority without this controller now", strings.Join(without, ", "))
	case len(silent) > 0:
		return Wait, "for " + strings.Join(silent, ", ") + ": this volume is empty, and only they can say whether a quorum exists"
	case len(remains) > 0 && !self.Accepted:
		return Wait, fmt.Sprintf("for a quorum: this volume is empty, and %s was to join a quorum that nobody remembers", strings.Join(remains, ", "))
	case !named:
		return Wait, fmt.Sprintf("for a quorum: controller %d is not one of the initial controllers, so it cannot form the quorum", self.ID)
	case own == contract.Lost:
		return Wait, "for a decision: every controller's metadata log is gone, though there was one (" + self.Traces + "). " + whatAQuorumForgets
	case len(bereft) > 0:
		return Wait, "for a decision: every controller's metadata log is gone, though there was one, as " + strings.Join(bereft, ", ") + " says. " + whatAQuorumForgets
	}
	return Form, "every initial controller says that there never was a quorum"
}

// whatAQuorumForgets is what stands in the metadata log and nowhere else. The records of a broker that registers with an
// empty log are not deleted at once but renamed, and no client finds them any more (LogManager.isStrayReplica).
var whatAQuorumForgets = "A new quorum would forget every topic, committed offset, user and ACL, and brokers would set all their records aside as *-stray. " +
	"Bring the volumes of the metadata back; or, to begin anew on purpose, " + contract.HelpAcceptLoss(contract.LossOfQuorum)
