package kafka

import (
	"fmt"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// networkPolicies opens what clients need and keeps the rest inside: Raft, with
// which one could rewrite the cluster's metadata, and the agent. Policies add up;
// what none of them allows is closed. (The kubelet's probes come from the pod's
// own node and are always let through.)
func (m *making) networkPolicies() error {
	all := m.Plan.Labels()
	brokers := kube.With(all, kube.RoleLabels(topology.Broker))

	// Only nodes with a broker have listeners for clients (topology.Plan.Check).
	var nodes, clients []int
	for _, l := range m.Plan.Listeners {
		if l.ForClients() {
			clients = append(clients, l.Port)
		} else {
			nodes = append(nodes, l.Port)
		}
	}
	nodes = append(nodes, topology.AgentPort)
	if m.Plan.TLS() {
		nodes = append(nodes, contract.TLSPort)
	}
	inside := []networkingv1.NetworkPolicyIngressRuleInput{
		networkingv1.NetworkPolicyIngressRuleArgs{
			From:  networkingv1.NetworkPolicyPeerArray{networkingv1.NetworkPolicyPeerArgs{PodSelector: labelSelector(all)}},
			Ports: policyPorts(nodes...),
		},
	}
	if m.Settings.Metrics {
		inside = append(inside, networkingv1.NetworkPolicyIngressRuleArgs{Ports: policyPorts(topology.MetricsPort, topology.AgentMetricsPort)})
	}
	if err := m.networkPolicy("-inside", all, inside); err != nil {
		return err
	}
	return m.networkPolicy("-clients", brokers, []networkingv1.NetworkPolicyIngressRuleInput{
		networkingv1.NetworkPolicyIngressRuleArgs{Ports: policyPorts(clients...)},
	})
}

func (m *making) networkPolicy(suffix string, pods map[string]string, ingress []networkingv1.NetworkPolicyIngressRuleInput) error {
	name := m.Plan.Name + suffix
	_, err := networkingv1.NewNetworkPolicy(m.ctx, m.name+suffix, &networkingv1.NetworkPolicyArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(name),
			Namespace: m.namespace,
			Labels:    pulumi.ToStringMap(m.Plan.Labels()),
		},
		Spec: networkingv1.NetworkPolicySpecArgs{
			PodSelector: labelSelector(pods),
			PolicyTypes: pulumi.ToStringArray([]string{"Ingress"}),
			Ingress:     networkingv1.NetworkPolicyIngressRuleArray(ingress),
		},
	}, m.child)
	if err != nil {
		return fmt.Errorf("network policy %s: %w", name, err)
	}
	return nil
}

func policyPorts(ports ...int) networkingv1.NetworkPolicyPortArray {
	var result networkingv1.NetworkPolicyPortArray
	for _, port := range ports {
		result = append(result, networkingv1.NetworkPolicyPortArgs{Port: pulumi.Int(port), Protocol: pulumi.String("TCP")})
	}
	return result
}
