package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Restart is Up with another text at the key restart, the time that it is now (RFC 3339, UTC), so
// that all nodes of these roles restart once, one at a time, as with any change that restarts
// them. Without roles it is all nodes. Of combined nodes, which have both, there is no part.
//
// As with Scale, there is always a preview before it, and what is refused before anything changed
// is not kept. What fails or is cut off later is gone on with by Up; another Restart begins anew.
//
// It is for a stack that has its configuration itself; with Options.Config that is the place.
func (s *Stack) Restart(ctx context.Context, roles ...topology.Role) (Result, error) {
	const doing = "restart"
	if err := s.configured(doing); err != nil {
		return Result{}, err
	}
	now := time.Now().UTC().Format(time.RFC3339)
	values, err := restarted(s.Config(), now, roles)
	if err := errors.Join(s.mayChange(), err); err != nil {
		return Result{}, s.fail(doing, ErrConfig, err, "")
	}
	return s.change(ctx, doing, func() map[string]string { return values })
}

// restarted is what has to be set, by path.
func restarted(c config.Config, now string, roles []topology.Role) (map[string]string, error) {
	var errs []error
	if c.Stopped {
		errs = append(errs, errors.New("the stack is stopped: no pod runs that could restart"))
	}
	for _, role := range roles {
		switch {
		case role != topology.Broker && role != topology.Controller:
			errs = append(errs, fmt.Errorf("role %q: must be %s or %s", role, topology.Broker, topology.Controller))
		case c.Topology == topology.Combined:
			errs = append(errs, fmt.Errorf("role %q: every node is broker and controller, so name no role", role))
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	values := map[string]string{}
	if len(roles) == 0 || slices.Contains(roles, topology.Broker) {
		values["restart.brokers"] = now
	}
	if c.Topology == topology.Separated && (len(roles) == 0 || slices.Contains(roles, topology.Controller)) {
		values["restart.controllers"] = now
	}
	return values, nil
}
