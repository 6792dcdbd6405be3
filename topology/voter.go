package topology

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Voter is a controller as the quorum knows it. Kafka stores its endpoint in the
// metadata log, so a voter's host name must never change (KIP-853, KIP-1347).
type Voter struct {
	NodeID int    `pulumi:"nodeId"`
	Pod    string `pulumi:"pod"`
	Host   string `pulumi:"host"`
	Port   int    `pulumi:"port"`
	// DirectoryID is that of its first volume, 22 characters (KIP-853), which is as much
	// for life as its endpoint. Empty: one is made and kept.
	DirectoryID string `pulumi:"directoryId,optional"`
}

// Controllers are those that the pools have now. They vote, or ask to: which of them
// began the quorum is told by Initial, and who votes at this moment only Kafka knows.
func (p Plan) Controllers() []Voter {
	var port int
	for _, l := range p.Listeners {
		if l.Role == Controller {
			port = l.Port
			break
		}
	}
	var controllers []Voter
	for _, pool := range p.Pools {
		if !pool.Has(Controller) {
			continue
		}
		for i := range pool.Replicas {
			controllers = append(controllers, Voter{
				NodeID: pool.NodeID(i), Pod: pool.Pod(i), Host: p.PodHost(pool.Pod(i)), Port: port,
			})
		}
	}
	return controllers
}

// FoundedBy is the plan with the first n controllers as the first voters: those that began the
// quorum of a cluster which has more of them by now. A number that there is not leaves the plan
// as it is.
func (p Plan) FoundedBy(n int) Plan {
	if controllers := p.Controllers(); n > 0 && n <= len(controllers) {
		p.Initial = controllers[:n]
	}
	return p
}

// Added are the controllers that are none of the first voters: they came later, and join by
// themselves (controller.quorum.auto.join.enable).
func (p Plan) Added() []Voter {
	return slices.DeleteFunc(p.Controllers(), func(c Voter) bool {
		return slices.ContainsFunc(p.Initial, func(first Voter) bool { return first.NodeID == c.NodeID })
	})
}

// WithoutDirectory are the pods of those first voters for which a directory id is to be
// made, in the order of Initial.
func (p Plan) WithoutDirectory() []string {
	var pods []string
	for _, voter := range p.Initial {
		if voter.DirectoryID == "" {
			pods = append(pods, voter.Pod)
		}
	}
	return pods
}

// InitialControllers is the value of `kafka-storage format --initial-controllers`,
// which must be the same on every controller. made are the directory ids of the pods
// WithoutDirectory, in the same order; another number of them is an error.
func (p Plan) InitialControllers(made []string) (string, error) {
	if wanted := p.WithoutDirectory(); len(made) != len(wanted) {
		return "", fmt.Errorf("%d directory ids for %d voters", len(made), len(wanted))
	}
	voters := make([]string, len(p.Initial))
	for i, v := range p.Initial {
		if v.DirectoryID == "" {
			v.DirectoryID, made = made[0], made[1:]
		}
		voters[i] = contract.Voter{ID: v.NodeID, Host: v.Host, Port: v.Port, DirectoryID: v.DirectoryID}.String()
	}
	return strings.Join(voters, ","), nil
}
