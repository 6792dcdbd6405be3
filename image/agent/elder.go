package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/metalog"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// A broker keeps a copy of the quorum's log beside its records. When every controller lost its volume and a new quorum was
// formed, that copy is the only thing that still knows the partitions of these records: it is ahead of the quorum. As long
// as its epoch is higher, Kafka ignores the new leader without a word (KafkaRaftClient.maybeHandleCommonResponse); once the
// epochs have passed it, the broker follows, and sets its records aside as strays (LogManager.isStrayReplica). So a broker
// asks the leader for its age before it starts. A quorum is not always there to answer then: all nodes may start at once,
// and a broker must not wait for controllers that wait for their own start. It starts all the same, and the agent goes on
// asking beside it until the leader has answered once.

// firstLook is how long a start waits for the leader's answer. It comes in milliseconds, or there is none yet.
const firstLook = 500 * time.Millisecond

// errYounger is the broker's end in front of a younger quorum.
var errYounger = errors.New("the quorum is younger than the records on this volume")

// elder is a broker whose copy of the metadata log is to be held against the quorum's.
type elder struct {
	copy        metalog.Age
	controllers func(context.Context) []string // where they may be now
	security    *tls.Config                    // how to ask them
}

// newElder returns nil where there is nothing to compare: on a broker without a copy, and on a controller, which has the
// log itself and asks its fellows before any quorum is formed (quorum.Decide).
func (r *runner) newElder() (*elder, error) {
	if r.node.Controller {
		return nil, nil
	}
	a, err := metalog.CopyAge(r.node.MetadataDir)
	if err != nil {
		return nil, fmt.Errorf("cannot read the metadata log: %w", err)
	}
	if a == (metalog.Age{}) {
		return nil, nil
	}
	return &elder{
		copy: a, security: r.node.ToControllers(),
		controllers: func(ctx context.Context) []string { return controllerAddresses(ctx, r.node) },
	}, nil
}

// look asks the leader, and says whether it answered and why it is younger.
func (e *elder) look(ctx context.Context) (answered bool, why string) {
	leader := wire.NewLeader("", e.controllers(ctx), e.security, firstLook, nil)
	defer leader.Close()
	q, _, err := leader.Describe()
	if err != nil {
		return false, ""
	}
	if why = quorum.Younger(e.copy, q); why != "" {
		why = fmt.Sprintf("%v: %s. It would not know their partitions, and this broker would set them aside as *-stray. Bring the controllers' volumes back; or, to give these records up and follow the new quorum, %s",
			errYounger, why, contract.HelpAcceptLoss(contract.LossOfQuorum))
	}
	return true, why
}

// compare holds the start while the quorum is younger than this broker's copy, and returns what the running JVM has to be
// watched with; nil when the leader has answered already.
func (r *runner) compare(ctx context.Context) (*elder, error) {
	e, err := r.newElder()
	if e == nil || err != nil {
		return nil, err
	}
	answered, accepted := false, false
	err = r.hold(ctx, func() (why string) {
		answered, why = e.look(ctx)
		if why == "" {
			return ""
		}
		if accepted = r.past.Life.Accepts(contract.LossOfQuorum); accepted {
			return ""
		}
		return "for a decision: " + why
	})
	if err != nil {
		return nil, err
	}
	if accepted {
		// Its epoch would keep the copy from ever following the new quorum, which sends it all again.
		say.Warn("quorum: the new quorum was accepted; this broker's copy of the former metadata log goes")
		if err := os.RemoveAll(filepath.Join(r.node.MetadataDir, metalog.Dir)); err != nil {
			return nil, fmt.Errorf("cannot remove the copy of the metadata log: %w", err)
		}
	}
	if answered {
		return nil, nil
	}
	return e, nil
}

// beside goes on asking while the JVM starts, until the leader has answered once. It returns why the JVM has to end.
func (e *elder) beside(ctx context.Context) string {
	for {
		answered, why := e.look(ctx)
		if answered {
			return why
		}
		select {
		case <-ctx.Done():
			return ""
		case <-time.After(firstLook):
		}
	}
}
