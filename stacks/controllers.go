package stacks

import (
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// founders is how many controllers began the quorum of a separated cluster: by what is
// remembered or, while nothing is, as many as there are to be. What they are stays for life, the
// voters that an empty volume is formatted with and the addresses that every node starts from,
// however many there are now.
func (s stack) founders(e estate) int {
	first, _ := config.Controllers(s.remembered(e).record)
	if first == 0 {
		return s.Voters()
	}
	return first
}

// voting refuses a number of controllers that the quorum cannot have.
func (s stack) voting(e estate) config.Problems {
	first, now := config.Controllers(s.remembered(e).record)
	for _, pool := range s.plan.Pools {
		if pool.Has(topology.Controller) {
			now = max(now, e.found.Sets[pool.Name].Replicas) // also a growth that failed half way
		}
	}
	return s.Voting(first, now, s.cannotLeave(e))
}
