package cluster

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// stopTime is how long a component may take to end before it is killed.
const stopTime = 10 * time.Second

// daemon describes a component that runs on the host, with the files it reads.
func (p plan) daemon(name string, files []string, argv ...string) process.Daemon {
	return process.Daemon{
		Name: name, Run: p.run(), Logs: p.logs(), Files: files,
		Argv: argv, Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=" + p.data()},
	}
}

// component is a daemon that is a part of the multi-call binary.
func (p plan) component(name string, files []string, args ...string) process.Daemon {
	return p.daemon(name, files, append([]string{p.kube, name}, args...)...)
}

// pem lists the files of certificates.
func (p plan) pem(names ...string) []string {
	var files []string
	for _, name := range names {
		files = append(files, p.pki(name+".crt"), p.pki(name+".key"))
	}
	return files
}

func (p plan) etcd() process.Daemon {
	client, peer := "https://"+loopback(etcdPort), "https://"+loopback(etcdPeerPort)
	return p.component("etcd", append(p.pem("etcd"), p.pki(etcdCA+".crt")),
		"--name=local",
		"--data-dir="+p.data("etcd"),
		"--listen-client-urls="+client, "--advertise-client-urls="+client,
		"--listen-peer-urls="+peer, "--initial-advertise-peer-urls="+peer, "--initial-cluster=local="+peer,
		"--client-cert-auth", "--trusted-ca-file="+p.pki(etcdCA+".crt"),
		"--cert-file="+p.pki("etcd.crt"), "--key-file="+p.pki("etcd.key"),
		"--peer-client-cert-auth", "--peer-trusted-ca-file="+p.pki(etcdCA+".crt"),
		"--peer-cert-file="+p.pki("etcd.crt"), "--peer-key-file="+p.pki("etcd.key"),
		"--log-level=warn",
	)
}

func (p plan) apiserver() process.Daemon {
	files := append(p.pem("apiserver", "apiserver-kubelet-client", "etcd-client", "front-proxy-client"),
		p.pki(clusterCA+".crt"), p.pki(etcdCA+".crt"), p.pki(frontCA+".crt"), p.pki("service-account.key"))
	return p.component("kube-apiserver", files,
		"--bind-address=127.0.0.1", fmt.Sprintf("--secure-port=%d", apiPort),
		"--advertise-address="+gateway, // where the forwarder listens for the nodes and their pods
		"--etcd-servers=https://"+loopback(etcdPort),
		"--etcd-cafile="+p.pki(etcdCA+".crt"),
		"--etcd-certfile="+p.pki("etcd-client.crt"), "--etcd-keyfile="+p.pki("etcd-client.key"),
		"--tls-cert-file="+p.pki("apiserver.crt"), "--tls-private-key-file="+p.pki("apiserver.key"),
		"--client-ca-file="+p.pki(clusterCA+".crt"),
		"--anonymous-auth=false",
		"--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
		"--allow-privileged=true",
		"--service-cluster-ip-range="+services,
		"--service-account-issuer=https://kubernetes.default.svc."+domain,
		"--service-account-signing-key-file="+p.pki("service-account.key"),
		"--service-account-key-file="+p.pki("service-account.pub"),
		"--kubelet-preferred-address-types=InternalIP",
		"--kubelet-certificate-authority="+p.pki(clusterCA+".crt"),
		"--kubelet-client-certificate="+p.pki("apiserver-kubelet-client.crt"),
		"--kubelet-client-key="+p.pki("apiserver-kubelet-client.key"),
		// Extension servers and webhooks are reached by their pods' addresses: the host
		// has routes to pods, and no kube-proxy for services.
		"--enable-aggregator-routing=true",
		"--requestheader-client-ca-file="+p.pki(frontCA+".crt"),
		"--requestheader-allowed-names=front-proxy-client",
		"--requestheader-username-headers=X-Remote-User",
		"--requestheader-group-headers=X-Remote-Group",
		"--requestheader-extra-headers-prefix=X-Remote-Extra-",
		"--proxy-client-cert-file="+p.pki("front-proxy-client.crt"),
		"--proxy-client-key-file="+p.pki("front-proxy-client.key"),
	)
}

func (p plan) controllerManager() process.Daemon {
	const name = "kube-controller-manager"
	return p.component(name, append(p.pem(clusterCA), p.kubeconfig(name), p.pki("service-account.key")),
		"--kubeconfig="+p.kubeconfig(name),
		"--bind-address=127.0.0.1", "--secure-port=0",
		"--leader-elect=false", // it is the only one
		"--use-service-account-credentials=true",
		"--service-account-private-key-file="+p.pki("service-account.key"),
		"--root-ca-file="+p.pki(clusterCA+".crt"),
		"--cluster-signing-cert-file="+p.pki(clusterCA+".crt"), "--cluster-signing-key-file="+p.pki(clusterCA+".key"),
		"--cluster-name="+ContextName,
	)
}

func (p plan) scheduler() process.Daemon {
	const name = "kube-scheduler"
	return p.component(name, []string{p.kubeconfig(name)},
		"--kubeconfig="+p.kubeconfig(name),
		"--bind-address=127.0.0.1", "--secure-port=0",
		"--leader-elect=false",
	)
}

// forward lets nodes and pods reach what listens on loopback: the API server, and the
// registry.
func (p plan) forward() process.Daemon {
	return p.component("forward", nil,
		bridged(apiPort)+"="+loopback(apiPort),
		bridged(registryPort)+"="+loopback(registryPort),
	)
}

func (p plan) coredns() process.Daemon {
	return p.component("coredns", []string{p.data("Corefile"), p.kubeconfig("coredns")},
		"-conf", p.data("Corefile"), "-dns.port", fmt.Sprint(dnsPort), "-quiet")
}

func (p plan) provisioner() process.Daemon {
	return p.component("provisioner", []string{p.kubeconfig("provisioner")},
		"--kubeconfig="+p.kubeconfig("provisioner"), "--name="+provisioner, "--root="+p.claims())
}

func (p plan) registry() process.Daemon {
	config := p.data("registry.json")
	return p.daemon("docker-registry", []string{config}, filepath.Join(p.registryTree(), "usr", "bin", "docker-registry"), "serve", config)
}

// served is how many of the control plane make the API server reachable; the rest needs it.
const served = 4

// controlPlane lists what runs on the host, in the order in which it starts. Stopping
// goes the other way.
func (p plan) controlPlane() []process.Daemon {
	return []process.Daemon{
		p.registry(), p.etcd(), p.apiserver(), p.forward(),
		p.controllerManager(), p.scheduler(), p.coredns(), p.provisioner(),
	}
}

// containerd, kubelet and kube-proxy run inside the node's namespaces.

func (p plan) inside(n number, d process.Daemon) process.Daemon {
	d.Run = p.run("node-" + n.String())
	d.Logs = filepath.Join(p.logs(), n.name())
	d.Enter = p.enter(n)
	return d
}

func (p plan) containerd(n number) process.Daemon {
	config := p.nodeData(n, "containerd.toml")
	return p.inside(n, p.daemon("containerd", []string{config}, "/usr/bin/containerd", "--config", config, "--log-level=warn"))
}

func (p plan) kubelet(n number) process.Daemon {
	config, kubeconfig := p.nodeData(n, "kubelet.json"), p.kubeconfig(n.kubelet())
	files := append(p.pem(n.kubelet()+"-server"), config, kubeconfig, p.pki(clusterCA+".crt"))
	return p.inside(n, p.component("kubelet", files,
		"--config="+config, "--kubeconfig="+kubeconfig, "--hostname-override="+n.name(), "--node-ip="+n.address()))
}

func (p plan) kubeProxy(n number) process.Daemon {
	config := p.nodeData(n, "kube-proxy.json")
	return p.inside(n, p.component("kube-proxy", []string{config, p.kubeconfig("kube-proxy")}, "--config="+config))
}
