package cluster

import (
	"encoding/json"
	"os"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// kubeconfigFor renders a kubeconfig file that holds all it needs. It is written as
// JSON, which every reader of YAML understands.
func kubeconfigFor(server string, ca, cert, key []byte) ([]byte, error) {
	type named struct {
		Name    string         `json:"name"`
		Cluster map[string]any `json:"cluster,omitempty"`
		User    map[string]any `json:"user,omitempty"`
		Context map[string]any `json:"context,omitempty"`
	}
	content, err := json.MarshalIndent(struct {
		APIVersion     string  `json:"apiVersion"`
		Kind           string  `json:"kind"`
		Clusters       []named `json:"clusters"`
		Users          []named `json:"users"`
		Contexts       []named `json:"contexts"`
		CurrentContext string  `json:"current-context"`
	}{
		"v1", "Config",
		[]named{{Name: ContextName, Cluster: map[string]any{"server": server, "certificate-authority-data": ca}}},
		[]named{{Name: ContextName, User: map[string]any{"client-certificate-data": cert, "client-key-data": key}}},
		[]named{{Name: ContextName, Context: map[string]any{"cluster": ContextName, "user": ContextName}}},
		ContextName,
	}, "", "  ")
	return append(content, '\n'), err
}

// ensureKubeconfigs writes the people's kubeconfig file and one per component. Those on
// the host use loopback, those in a node the bridge.
func (p plan) ensureKubeconfigs(nodes []number) error {
	outside, inside := "https://"+loopback(apiPort), "https://"+bridged(apiPort)
	files := map[string]struct{ certificate, server string }{
		p.home.Kubeconfig():                     {"admin", outside},
		p.kubeconfig("kube-controller-manager"): {"kube-controller-manager", outside},
		p.kubeconfig("kube-scheduler"):          {"kube-scheduler", outside},
		p.kubeconfig("coredns"):                 {"coredns", outside},
		p.kubeconfig("provisioner"):             {"provisioner", outside},
		p.kubeconfig("kube-proxy"):              {"kube-proxy", inside},
	}
	for _, n := range nodes {
		files[p.kubeconfig(n.kubelet())] = struct{ certificate, server string }{n.kubelet(), inside}
	}
	ca, err := os.ReadFile(p.pki(clusterCA + ".crt"))
	if err != nil {
		return err
	}
	for path, f := range files {
		cert, err := os.ReadFile(p.pki(f.certificate + ".crt"))
		if err != nil {
			return err
		}
		key, err := os.ReadFile(p.pki(f.certificate + ".key"))
		if err != nil {
			return err
		}
		content, err := kubeconfigFor(f.server, ca, cert, key)
		if err != nil {
			return err
		}
		if err := process.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
