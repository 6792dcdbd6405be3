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
	var inside []string
	for _, l := range p.Listeners {
		if l.Inside() {
			inside = append(inside, fmt.Sprint(l.Port))
		}
	}
	fmt.Fprintln(&b, "│")
	for _, l := range p.Listeners {
		if l.Exposure.Type == ClusterIP {
			fmt.Fprintf(&b, "├─ Service %s, ClusterIP, port %d: clients start here%s\n", p.Bootstrap, l.Port, l.spoken())
		}
	}
	fmt.Fprintf(&b, "├─ Service %s, headless, ports %s: each pod by its own name\n", p.Headless, enumeration(inside))
	for _, s := range p.NodePortServices() {
		if s.Pod == "" {
			fmt.Fprintf(&b, "├─ NodePort %d: clients outside start here, at %s\n", s.Port, p.ExternalBootstrapServers())
		}
	}
	for i, pool := range p.Pools {
		branch, stem := "├─", "│ "
		if i == len(p.Pools)-1 {
			branch, stem = "└─", "  "
		}
		fmt.Fprintf(&b, "│\n%s StatefulSet %s: %s\n", branch, pool.Name, strings.ReplaceAll(pool.ProcessRoles(), ",", " and "))
		for n := range pool.Replicas {
			twig := "├─"
			if n == pool.Replicas-1 {
				twig = "└─"
			}
			fmt.Fprintf(&b, "%s  %s %s  node %d  %s\n", stem, twig, pool.Pod(n), pool.NodeID(n), strings.Join(p.doors(pool, n), ", "))
		}
	}
	return b.String()
}

// doors are the ports of a pod, each with who comes in.
func (p Plan) doors(pool Pool, ordinal int) []string {
	var doors []string
	for _, l := range p.Of(pool) {
		who := "clients"
		switch {
		case l.Role == Controller:
			who = "quorum"
		case l.Exposure.Type == NodePort:
			who = fmt.Sprintf("as NodePort %d", l.NodePort(pool, ordinal))
		case !l.ForClients():
			who = "brokers"
		}
		doors = append(doors, fmt.Sprintf("%d %s%s", l.Port, who, l.spoken()))
	}
	return append(doors, fmt.Sprintf("%d agent", AgentPort))
}

// spoken is how a listener's port is marked.
func (l Listener) spoken() string {
	switch {
	case l.Authentication == SCRAM:
		return " (TLS, password)"
	case l.TLS():
		return " (TLS)"
	}
	return ""
}

// enumeration is "a", "a and b" or "a, b and c".
func enumeration(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
