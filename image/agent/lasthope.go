package main

import (
	"context"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// A broker whose volume was emptied comes back under its old id. If it was the last one with all records of a partition,
// Kafka elects it again as the last known leader, with nothing (PartitionChangeBuilder.canElectLastKnownLeader), and the
// other replicas cut their logs down to match. So a broker with an empty directory first asks the others what hangs on it.

// lastHopeOf lists the partitions of which only this broker has, or had, every committed record.
func lastHopeOf(id int, all []wire.Leadership) (names []string) {
	for _, p := range all {
		could := slices.Concat(p.ISR, p.Eligible)
		if len(could) == 0 {
			could = p.LastKnown
		}
		others := slices.ContainsFunc(could, func(other int) bool { return other != id })
		if slices.Contains(could, id) && !others && (p.Leader < 0 || p.Leader == id) {
			names = append(names, fmt.Sprintf("%s-%d", p.Topic, p.Index))
		}
	}
	return names
}

// askBrokers asks all brokers that answer at once, and returns the partitions that hang on this one.
func askBrokers(ctx context.Context, n settings.Node) (answered bool, names []string) {
	_, port, err := net.SplitHostPort(n.BrokerAddress)
	if err != nil {
		return false, nil
	}
	var (
		mu    sync.Mutex
		group sync.WaitGroup
	)
	for _, address := range podAddresses(ctx, n.Host) {
		group.Add(1)
		go func() {
			defer group.Done()
			broker := wire.Client{Address: net.JoinHostPort(address, port), TLS: n.ToBrokers(), Timeout: wire.LeaderTimeout}
			defer broker.Close()
			all, err := broker.Leaderships()
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				answered = true
				names = append(names, lastHopeOf(n.ID, all)...)
			}
		}()
	}
	group.Wait()
	slices.Sort(names)
	return answered, slices.Compact(names)
}

// emptied reports whether a directory for records was never formatted, or lost what it had.
func (r *runner) emptied() bool {
	return slices.ContainsFunc(r.node.LogDirs, func(dir string) bool { return r.formatted(dir) == nil })
}

// parting holds the start of a broker with an empty directory for as long as records hang on what it had. One that no
// partition names goes on at once, and so does everybody in a stack that was never complete: there nobody answers yet.
// In one that was, silence holds it too: only the other brokers know, and if there is none any more, all records are
// gone, which somebody has to have said before clients find empty partitions under their names.
func (r *runner) parting(ctx context.Context) error {
	if !r.node.Broker || !r.emptied() {
		return nil
	}
	life, pod := r.past.Life, r.settings.PodName
	return r.hold(ctx, func() string {
		answered, names := askBrokers(ctx, r.node)
		switch {
		case life.Accepts(pod), len(names) == 0 && answered, !answered && (!life.Lived() || life.Accepts(contract.LossOfQuorum)):
			return ""
		case !answered:
			return fmt.Sprintf("for another broker to answer: this volume is empty, though this stack has been complete before, and only the others can say whether records hang on it. Bring the volume back, or start the other brokers; or, if all records may be lost, %s", contract.HelpAcceptLoss(pod))
		}
		return fmt.Sprintf("for a decision: this volume is empty, and broker %d was the last one with all records of %d partitions (%s). If it starts, it may lead them with nothing, and the others cut their logs down to that. "+
			"Bring the volume back; or let another replica lead, which loses only what it had not copied yet (kafka-leader-election.sh --election-type unclean --topic … --partition …); or, to give these records up, %s",
			r.node.ID, len(names), examples(names), contract.HelpAcceptLoss(pod))
	})
}

// examples are the first few of many names.
func examples(names []string) string {
	const few = 5
	if len(names) > few {
		return strings.Join(names[:few], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
