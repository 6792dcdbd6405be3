package automation

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Status is a stack at one look: what its last up left for others, what Kubernetes has of it,
// and what Kafka says of itself.
type Status struct {
	Stack   string `json:"stack"`
	Context string `json:"context"`
	// Stopped: the configuration lets no pod run, and none does. Kafka is not asked then.
	Stopped bool           `json:"stopped"`
	Outputs stacks.Outputs `json:"outputs"`
	// Pods, Claims and Members are nil if they are not known, and Unknown says why.
	Pods    []Pod    `json:"pods"`
	Claims  []Claim  `json:"claims"`
	Members *Members `json:"members"`
	// Ghosts are what is left of members that are no more, or are not there now.
	Ghosts []Ghost `json:"ghosts,omitempty"`
	// Wrong is what is not as it should be, each in a sentence, the worst first.
	Wrong []string `json:"wrong,omitempty"`
	// Unknown is what could not be had, that of Members among it.
	Unknown []Unknown `json:"unknown,omitempty"`
}

// Ghost is something that a member should have taken along, or that waits for it.
type Ghost struct {
	// Kind is broker (a registration), voter or claim; Name is its id, or the claim's name.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Advice is what it means and what to do, in a sentence.
	Advice string `json:"advice"`
}

// Status asks Kubernetes and Kafka. That one of them does not answer hides nothing of the other:
// it is in Unknown. ErrNotFound: the stack is not up.
func (s *Stack) Status(ctx context.Context) (Status, error) {
	c := s.Config()
	found := Status{Stack: s.name, Context: c.Context}
	var err error
	if found.Outputs, err = s.Outputs(ctx); err != nil {
		return found, err
	}
	missing := func(part string, err error) bool {
		if err != nil {
			found.Unknown = append(found.Unknown, Unknown{part, reason(err)})
		}
		return err != nil
	}
	noPods := false
	if found.Pods, err = s.Pods(ctx); !missing("pods", err) {
		noPods = len(found.Pods) == 0
	}
	found.Claims, err = s.Claims(ctx)
	missing("claims", err)
	switch {
	case noPods && c.Stopped:
		found.Stopped = true
	case noPods:
		missing("members", errors.New("no pod runs"))
	default:
		members, err := s.members(ctx, found.Outputs)
		if !missing("members", err) {
			found.Unknown = append(found.Unknown, members.Unknown...)
			members.Unknown = nil
			found.Members = &members
		}
	}
	if canceled := s.canceled(ctx, "status"); canceled != nil {
		return found, canceled
	}
	found.Ghosts = ghosts(c.Plan(), found)
	found.Wrong = wrong(found, time.Now())
	return found, nil
}

// reason is what is behind an error of this package.
func reason(err error) string {
	var known *Error
	if errors.As(err, &known) && known.Cause != nil {
		return known.Cause.Error()
	}
	return err.Error()
}

// silence is how long a voter without a pod may not have been heard of before it is said: one
// whose pod is only replaced is back by then.
const silence = 10 * time.Second

// ghosts are registrations and votes without a pod, and claims without a member. Of what is
// not known, nothing is said.
func ghosts(plan topology.Plan, s Status) []Ghost {
	var found []Ghost
	runs := map[string]bool{}
	for _, pod := range s.Pods {
		runs[pod.Name] = true
	}
	if s.Members != nil && s.Pods != nil {
		for _, b := range s.Members.Brokers {
			// One whose pod is only replaced has no pod for a moment, and is not fenced yet.
			if b.State != NotRegistered && !runs[podOf(plan, topology.Broker, b.ID)] && (b.State == Fenced || b.Pod == "") {
				found = append(found, Ghost{"broker", strconv.Itoa(b.ID), away(b.Pod, "is registered", "up forgets it; if not, drift says how")})
			}
		}
		for _, c := range s.Members.Controllers {
			votes := c.State == Leads || c.State == Votes
			if votes && !runs[podOf(plan, topology.Controller, c.ID)] && (c.Pod == "" || c.Behind < 0 || c.Behind > silence) {
				found = append(found, Ghost{"voter", strconv.Itoa(c.ID), away(c.Pod, "votes", "up takes its vote away; if not, drift says how")})
			}
		}
	}
	for _, c := range s.Claims {
		if c.Spare {
			found = append(found, Ghost{"claim", c.Name, "its member has left; kubectl delete pvc deletes its records"})
		}
	}
	return found
}

// away says what it means that a member has no pod.
func away(pod, is, otherwise string) string {
	if pod != "" {
		return fmt.Sprintf("%s, and its pod %s is not there: up brings it back", is, pod)
	}
	return fmt.Sprintf("%s without a pod, beyond the configuration: %s", is, otherwise)
}

// podOf is the pod of a node id, whether the plan has it or not; "" if it is no pool's.
func podOf(plan topology.Plan, role topology.Role, id int) string {
	for _, pool := range plan.Pools {
		if pool.Has(role) && id >= pool.FirstID && id < pool.FirstID+topology.PoolIDs {
			return pool.Pod(id - pool.FirstID)
		}
	}
	return ""
}
