package gate

import (
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/wire"
)

// A broker that stops asks the active controller's consent and waits up to five minutes for it. When a whole cluster
// stops, the last broker may find no controller any more; without help it would sit there until Kubernetes kills it,
// and would have to recover its logs at the next start. The launcher ends that wait on SIGWINCH, and the logs are
// closed cleanly; anywhere else in a shutdown the signal does nothing. (A signal that is ignored by default, so that it can never do harm.)
const windUp = syscall.SIGWINCH

// consentIsHopeless decides, from how long no leader has answered and whether anybody could still become one. The long
// limit is there for a quorum that is only electing a leader, which takes seconds.
func consentIsHopeless(leaderless time.Duration, controllersLeave bool) bool {
	if controllersLeave {
		return leaderless >= 2*time.Second
	}
	return leaderless >= 20*time.Second
}

// WatchConsent runs from the moment the JVM got its signal until it has ended.
func (g *Gate) WatchConsent(signal func(syscall.Signal), ended <-chan struct{}) {
	if !g.node.Broker {
		return
	}
	// Its own, since the gate may have gone on while a look of it was still under way.
	quorum := wire.NewLeader(g.node.ControllerAddress, g.node.Bootstrap, g.node.ToControllers(), wire.LeaderTimeout, g.further)
	defer quorum.Close()
	var hosts []string
	for _, address := range g.node.Bootstrap {
		if host, _, err := net.SplitHostPort(address); err == nil {
			hosts = append(hosts, host)
		}
	}
	lastLeader, told := time.Now(), false
	for {
		select {
		case <-ended:
			return
		case <-time.After(stopLooks):
		}
		g.neighbours.ask(hosts) // always, so that what says that it is stopping is remembered when it is silent
		if _, _, err := quorum.Describe(); err == nil {
			lastLeader = time.Now()
			continue
		}
		leave := !slices.ContainsFunc(hosts, func(host string) bool { return g.neighbours.at(host).stays() })
		if leaderless := time.Since(lastLeader); consentIsHopeless(leaderless, leave) {
			if !told {
				say.Info("stop: no controller has answered as leader for %s, going on without its consent", leaderless.Round(time.Second))
			}
			signal(windUp)
			lastLeader, told = time.Now(), true
		}
	}
}
