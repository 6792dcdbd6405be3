package cluster

import (
	"encoding/json"
	"os"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// kubeconfigFor renders a kubeconfig file that holds all it needs. It is written as
// JSON, which every reader of YAML understands.
func kubeconfigFor(server string, ca, cert, key []byte) ([]byte, error) {
	content, err := json.MarshalIndent(object{
		"apiVersion":      "v1",
		"kind":            "Config",
		"clusters":        []object{{"name": ContextName, "cluster": object{"server": server, "certificate-authority-data": ca}}},
		"users":           []object{{"name": ContextName, "user": object{"client-certificate-data": cert, "client-key-data": key}}},
		"contexts":        []object{{"name": ContextName, "context": object{"cluster": ContextName, "user": ContextName}}},
		"current-context": ContextName,
	}, "", "  ")
	return append(content, '\n'), err
}

// ensureKubeconfigs writes the people's kubeconfig file and one per component. Those on
// the host use loopback, those in a node the bridge.
func (p plan) ensureKubeconfigs(nodes []number) error {
	outside, inside := "https://"+loopback(apiPort), "https://"+bridged(apiPort)
	files := map[string][2]string{ // certificate and server
		p.home.Kubeconfig():                     {"admin", outside},
		p.kubeconfig("kube-controller-manager"): {"kube-controller-manager", outside},
		p.kubeconfig("kube-scheduler"):          {"kube-scheduler", outside},
		p.kubeconfig("coredns"):                 {"coredns", outside},
		p.kubeconfig("provisioner"):             {"provisioner", outside},
		p.kubeconfig("kube-proxy"):              {"kube-proxy", inside},
	}
	for _, n := range nodes {
		files[p.kubeconfig(n.kubelet())] = [2]string{n.kubelet(), inside}
	}
	ca, err := os.ReadFile(p.pki(clusterCA + ".crt"))
	if err != nil {
		return err
	}
	for path, f := range files {
		cert, err := os.ReadFile(p.pki(f[0] + ".crt"))
		if err != nil {
			return err
		}
		key, err := os.ReadFile(p.pki(f[0] + ".key"))
		if err != nil {
			return err
		}
		content, err := kubeconfigFor(f[1], ca, cert, key)
		if err != nil {
			return err
		}
		if err := process.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
