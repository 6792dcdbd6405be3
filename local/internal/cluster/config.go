package cluster

import (
	"encoding/json"
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// object is a piece of YAML, written as JSON.
type object map[string]any

// kubeletConfig is a node's configuration of type kubelet.config.k8s.io/v1beta1.
func (p plan) kubeletConfig(n number) object {
	return object{
		"apiVersion": "kubelet.config.k8s.io/v1beta1",
		"kind":       "KubeletConfiguration",
		"authentication": object{
			"anonymous": object{"enabled": false},
			"webhook":   object{"enabled": true},
			"x509":      object{"clientCAFile": p.pki(clusterCA + ".crt")},
		},
		"authorization":     object{"mode": "Webhook"},
		"tlsCertFile":       p.pki(n.kubelet() + "-server.crt"),
		"tlsPrivateKeyFile": p.pki(n.kubelet() + "-server.key"),
		"cgroupDriver":      "cgroupfs",
		"cgroupRoot":        "/" + n.cgroup(),
		// The machine may still be on version 1 of control groups, or have swap.
		"failCgroupV1":             false,
		"failSwapOn":               false,
		"containerRuntimeEndpoint": "unix:///run/containerd/containerd.sock",
		"clusterDNS":               []string{gateway},
		"clusterDomain":            domain,
		"resolvConf":               p.data("resolv.conf"),
		// Absolute values: by default a node gives up when a large disk is 85 % full.
		"evictionHard": object{"memory.available": "100Mi", "nodefs.available": "1Gi", "imagefs.available": "1Gi"},
		// Never throw images away: pause and what a test imported cannot be pulled again.
		"imageGCHighThresholdPercent": 100,
		"imageGCLowThresholdPercent":  99,
	}
}

// proxyConfig is a node's configuration of type kubeproxy.config.k8s.io/v1alpha1.
func (p plan) proxyConfig(n number) object {
	return object{
		"apiVersion":       "kubeproxy.config.k8s.io/v1alpha1",
		"kind":             "KubeProxyConfiguration",
		"clientConnection": object{"kubeconfig": p.kubeconfig("kube-proxy")},
		"hostnameOverride": n.name(),
		"clusterCIDR":      podNetwork,
		"mode":             "iptables",
		"iptables":         object{"localhostNodePorts": false},
		// These belong to the machine, not to a network namespace.
		"conntrack": object{"maxPerCore": 0, "min": 0, "tcpEstablishedTimeout": "0s", "tcpCloseWaitTimeout": "0s"},
	}
}

// containerdConfig is a node's configuration of containerd 1.6 and 1.7 (format 2). Its
// folders are containerd's own defaults: the node has them to itself.
func (p plan) containerdConfig(n number) []byte {
	return fmt.Appendf(nil, `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
# opt would make /opt/containerd on the host; the snapshotters are not used.
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]

[grpc]
  address = "/run/containerd/containerd.sock"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = %q
  # Without the right to lower a process's score, every sandbox would fail.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = %q

  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = %q
`, pauseImage, p.nodeData(n, "cni"), p.data("registry-hosts"))
}

// registryHosts tells a node's containerd where the registry is that the host, and
// every image's name, calls localhost.
func registryHosts() []byte {
	return fmt.Appendf(nil, `server = "http://%[1]s"

[host."http://%[1]s"]
  capabilities = ["pull", "resolve"]
`, bridged(registryPort))
}

// podsNetwork is the CNI configuration of a node. ptp routes every packet of a pod
// through the node, between pods of one node too, so that services work whether or not
// the kernel shows bridged packets to iptables.
func podsNetwork(n number) object {
	return object{
		"cniVersion": "0.4.0",
		"name":       "pods",
		"plugins": []object{
			{"type": "ptp", "ipMasq": false, "ipam": object{
				"type": "host-local",
				// Addresses are given anew after a reboot, as the pods' namespaces are.
				"dataDir": "/run/cni/addresses",
				"ranges":  [][]object{{{"subnet": n.pods()}}},
				"routes":  []object{{"dst": "0.0.0.0/0"}},
			}},
			{"type": "portmap", "capabilities": object{"portMappings": true}},
		},
	}
}

// corefile is CoreDNS's configuration: names of the cluster from the API server, all
// others from where the host asks. Answers are kept for 5 s at most, so that a client
// finds a restarted broker's new address in time.
func (p plan) corefile() []byte {
	return fmt.Appendf(nil, `. {
    bind %s
    errors
    kubernetes %s in-addr.arpa {
        kubeconfig %s %s
        pods insecure
        ttl 5
    }
    forward . /etc/resolv.conf
    cache 5
}
`, gateway, domain, p.kubeconfig("coredns"), ContextName)
}

// registryConfig is the configuration of Debian's docker-registry.
func (p plan) registryConfig() object {
	return object{
		"version": 0.1,
		"log":     object{"level": "warn", "accesslog": object{"disabled": true}},
		"storage": object{"filesystem": object{"rootdirectory": p.data("registry")}, "delete": object{"enabled": true}},
		"http":    object{"addr": loopback(registryPort)},
	}
}

// ensureConfigs writes every configuration file.
func (p plan) ensureConfigs(nodes []number) error {
	files := map[string]any{
		p.data("Corefile"):                               p.corefile(),
		p.data("registry.json"):                          p.registryConfig(),
		p.data("registry-hosts", Registry, "hosts.toml"): registryHosts(),
		// For pods that ask as their node does: no search list, no other servers.
		p.data("resolv.conf"): []byte("nameserver " + gateway + "\n"),
	}
	for _, n := range nodes {
		files[p.nodeData(n, "kubelet.json")] = p.kubeletConfig(n)
		files[p.nodeData(n, "kube-proxy.json")] = p.proxyConfig(n)
		files[p.nodeData(n, "containerd.toml")] = p.containerdConfig(n)
		files[p.nodeData(n, "cni", "10-pods.conflist")] = podsNetwork(n)
	}
	for path, config := range files {
		content, plain := config.([]byte)
		if !plain {
			var err error
			if content, err = json.MarshalIndent(config, "", "  "); err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
		}
		if err := process.WriteFile(path, content, 0o600); err != nil {
			return err
		}
	}
	return nil
}
