package properties

import (
	"fmt"
	"net"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// listenerProperties are the lines that say on which ports a pool's nodes listen, what
// is spoken there, and where others find them.
func listenerProperties(a Args) map[string]string {
	var listeners, advertised []string
	for _, l := range a.Plan.Of(a.Pool) {
		listeners = append(listeners, fmt.Sprintf("%s://:%d", l.Name, l.Port))
		advertised = append(advertised, l.Name+"://"+address(a.Plan, l))
	}
	controllers := a.Plan.ListenerNames(topology.Controller)
	if !a.Pool.Has(topology.Controller) && len(controllers) > 0 {
		controllers = controllers[:1] // by which it finds the quorum; it listens on none
	}
	return map[string]string{
		"listeners":                      strings.Join(listeners, ","),
		"advertised.listeners":           strings.Join(advertised, ","),
		"controller.listener.names":      strings.Join(controllers, ","),
		"listener.security.protocol.map": protocolMap(a),
	}
}

// address is where a listener is found, with what only the pod knows left to the agent.
func address(plan topology.Plan, l topology.Listener) string {
	if l.Exposure.Type == topology.NodePort {
		return net.JoinHostPort(l.Advertised, ExternalPort)
	}
	return fmt.Sprintf("%s:%d", plan.PodHost(PodName), l.Port)
}

// protocolMap is those of all listeners inside, by which nodes of any role reach each
// other, and then those that clients outside have of this pool.
func protocolMap(a Args) string {
	var inside, outside []string
	for _, l := range a.Plan.Listeners {
		entry := l.Name + ":" + string(l.Protocol)
		switch {
		case l.Inside():
			inside = append(inside, entry)
		case a.Pool.Has(l.Role):
			outside = append(outside, entry)
		}
	}
	return strings.Join(append(inside, outside...), ",")
}
