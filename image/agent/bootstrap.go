package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// peer is what a fellow initial controller's agent answered, or that it did not.
type peer struct {
	voter    voter
	answered bool
	why      string // why it did not answer
	report   report
}

// worksWithout says whether the quorum that this node belongs to has a leader and a majority that do not count on a
// controller whose volume is empty. Its former self may still stand in the last answers, and may even have been the
// leader; a joiner that meets voters who still follow its former self ends with a fatal error in Kafka.
func worksWithout(r report, id int) bool {
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

// step is what a controller may do next on its way to a started JVM.
type step int

const (
	wait  step = iota // ask again
	form              // format as an initial voter
	join              // format without voters and join the running quorum (controller.quorum.auto.join.enable)
	start             // the directory is ready
)

// candidate is a controller on its way, as it sees itself.
type candidate struct {
	id        int
	clusterID string
	history   history
	traces    string // with history lost: what tells that there was a quorum
	initials  []voter
	accepted  bool // somebody has accepted that a new quorum forgets the old one
}

// unsure says why an answer is not certainly that of the peer that was asked, or not one that this agent understands; it
// then counts as none. An address may for a moment lead to another pod (DNS remembers, addresses are used again).
func (p peer) unsure() string {
	switch {
	case !p.answered:
		return p.why
	case p.report.NodeID != p.voter.id:
		return fmt.Sprintf("node %d answers there", p.report.NodeID)
	}
	switch p.report.History {
	case blank, lost, initial, joining, lived:
		return ""
	case "":
		return "what answers there is not a controller"
	default:
		return fmt.Sprintf("its history is %q, which this agent does not know", p.report.History)
	}
}

// decideBootstrap says what a controller with this directory may do, and for whom it waits. It fails closed: a blank
// controller forms a quorum only when every initial controller has said that there never was one, and joins only one
// that works without it. Forming a second quorum beside the first one, or over its remains, would lose committed
// metadata (Kafka docs, "KRaft": never format an emptied controller as standalone or initial again).
func decideBootstrap(self candidate, peers []peer) (step, string) {
	own := self.history
	if decided(own) {
		return start, ""
	}
	var silent, without, unformatted, bereft, remains []string
	for _, p := range peers {
		name := fmt.Sprintf("controller %d", p.voter.id)
		why := p.unsure()
		switch {
		case p.answered && p.report.ClusterID != self.clusterID:
			return wait, fmt.Sprintf("%s at %s is of cluster %s, this node of %s: %s names a node of another cluster",
				name, p.voter.host, p.report.ClusterID, self.clusterID, contract.EnvInitialControllers)
		case why != "":
			silent = append(silent, fmt.Sprintf("%s at %s (%s)", name, p.voter.host, why))
		case own == initial && p.report.LeaderID >= 0:
			return start, ""
		case worksWithout(p.report, self.id):
			return join, fmt.Sprintf("the quorum works without this controller, its leader is %d", p.report.LeaderID)
		case p.report.History == lived:
			without = append(without, name)
		case p.report.History == joining:
			remains = append(remains, name)
		case p.report.History == lost:
			bereft = append(bereft, name)
		case p.report.History == blank:
			unformatted = append(unformatted, name)
		}
	}
	if own == initial {
		// This one may always start; it waits a little for those that are being formatted right now (see startPatience).
		if len(without) > 0 || len(silent)+len(unformatted)+len(bereft) == 0 {
			return start, ""
		}
		return wait, "for the other initial controllers to be formatted: " + strings.Join(slices.Concat(unformatted, bereft, silent), ", ")
	}
	named := slices.ContainsFunc(self.initials, func(v voter) bool { return v.id == self.id })
	switch {
	case len(without) > 0 && len(silent) == 0 && named && len(without) <= len(self.initials)/2:
		return wait, fmt.Sprintf("for the volumes of a majority of the controllers: only %s still has the metadata log, and Kafka has no way to make a quorum out of a minority; bring the volume of another one back from a copy; or begin anew with no topics, offsets, users and ACLs: empty the metadata volumes that are left, too, then %s",
			strings.Join(without, ", "), contract.HelpAcceptLoss(contract.LossOfQuorum))
	case len(without) > 0:
		return wait, fmt.Sprintf("for a leader: this volume is empty, and %s took part in a quorum that has no leader and majority without this controller now", strings.Join(without, ", "))
	case len(silent) > 0:
		return wait, "for " + strings.Join(silent, ", ") + ": this volume is empty, and only they can say whether a quorum exists"
	case len(remains) > 0 && !self.accepted:
		return wait, fmt.Sprintf("for a quorum: this volume is empty, and %s was to join a quorum that nobody remembers", strings.Join(remains, ", "))
	case !named:
		return wait, fmt.Sprintf("for a quorum: controller %d is not one of the initial controllers, so it cannot form the quorum", self.id)
	case own == lost:
		return wait, "for a decision: every controller's metadata log is gone, though there was one (" + self.traces + "). " + whatAQuorumForgets
	case len(bereft) > 0:
		return wait, "for a decision: every controller's metadata log is gone, though there was one, as " + strings.Join(bereft, ", ") + " says. " + whatAQuorumForgets
	}
	return form, "every initial controller says that there never was a quorum"
}

// whatAQuorumForgets is what stands in the metadata log and nowhere else. The records of a broker that registers with an
// empty log are not deleted at once but renamed, and no client finds them any more (LogManager.isStrayReplica).
var whatAQuorumForgets = "A new quorum would forget every topic, committed offset, user and ACL, and brokers would set all their records aside as *-stray. " +
	"Bring the volumes of the metadata back; or, to begin anew on purpose, " + contract.HelpAcceptLoss(contract.LossOfQuorum)
