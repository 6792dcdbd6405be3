package topology

import (
	"fmt"
	"strings"
)

// Voter is a controller as the quorum knows it. Kafka stores its endpoint in the
// metadata log, so a voter's host name must never change (KIP-853, KIP-1347).
type Voter struct {
	NodeID int    `pulumi:"nodeId"`
	Pod    string `pulumi:"pod"`
	Host   string `pulumi:"host"`
	Port   int    `pulumi:"port"`
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

// InitialPods are the pods of the first voters, in the order of Initial.
func (p Plan) InitialPods() []string {
	pods := make([]string, len(p.Initial))
	for i, voter := range p.Initial {
		pods[i] = voter.Pod
	}
	return pods
}

// InitialControllers is the value of `kafka-storage format --initial-controllers`,
// which must be the same on every controller. There is one directory id for every
// voter, in the order of Initial; another number of them is an error.
func (p Plan) InitialControllers(directoryIDs []string) (string, error) {
	if len(directoryIDs) != len(p.Initial) {
		return "", fmt.Errorf("%d directory ids for %d voters", len(directoryIDs), len(p.Initial))
	}
	voters := make([]string, len(p.Initial))
	for i, v := range p.Initial {
		voters[i] = fmt.Sprintf("%d@%s:%d:%s", v.NodeID, v.Host, v.Port, directoryIDs[i])
	}
	return strings.Join(voters, ","), nil
}
