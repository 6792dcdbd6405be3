package topology

import (
	"fmt"
	"strings"
)

// Diagram draws the plan in plain text: who reaches which pods by which names and
// ports, and which Kafka node each pod is.
func (p Plan) Diagram() string {
	var b strings.Builder
	fmt.Fprintf(&b, "namespace %s\n", p.Namespace)
	fmt.Fprintf(&b, "│\n├─ Service %s, ClusterIP, port %d: clients start here\n", p.Bootstrap, ClientPort)
	fmt.Fprintf(&b, "├─ Service %s, headless, ports %d and %d: each pod by its own name\n", p.Headless, ClientPort, ControllerPort)
	if p.External.Enabled() {
		fmt.Fprintf(&b, "├─ NodePort %d: clients outside start here, at %s\n", p.External.BasePort, p.ExternalBootstrapServers())
	}
	for i, pool := range p.Pools {
		branch, stem := "├─", "│ "
		if i == len(p.Pools)-1 {
			branch, stem = "└─", "  "
		}
		fmt.Fprintf(&b, "│\n%s StatefulSet %s: %s\n", branch, pool.Name, strings.ReplaceAll(pool.Roles(), ",", " and "))
		for n := range pool.Replicas {
			twig := "├─"
			if n == pool.Replicas-1 {
				twig = "└─"
			}
			fmt.Fprintf(&b, "%s  %s %s  node %d  %s\n", stem, twig, pool.Pod(n), pool.NodeID(n), strings.Join(p.listeners(pool, n), ", "))
		}
	}
	return b.String()
}

func (p Plan) listeners(pool Pool, ordinal int) []string {
	var listeners []string
	if pool.Broker {
		listeners = append(listeners, fmt.Sprintf("%d clients", ClientPort))
		if p.External.Enabled() {
			listeners = append(listeners, fmt.Sprintf("%d as NodePort %d", ExternalPort, p.External.BrokerPort(ordinal)))
		}
	}
	if pool.Controller {
		listeners = append(listeners, fmt.Sprintf("%d quorum", ControllerPort))
	}
	return append(listeners, fmt.Sprintf("%d agent", AgentPort))
}
