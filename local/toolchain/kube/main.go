// Command kube is a whole Kubernetes in one binary. The first argument (or the
// name it is called by, so that a link named kubectl works) picks the component:
//
//	etcd, kube-apiserver, kube-controller-manager, kube-scheduler, kubelet,
//	kube-proxy, coredns, kubectl   the real ones, unchanged, from their modules
//	provisioner                    makes volumes for the StorageClass of the local cluster
//	forward                        carries TCP connections from one address to another
//
// One binary, because the components share nearly all of their code: it compiles
// once, is a third of the size of the separate ones, and the processes share its
// pages in memory.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	proxy "k8s.io/kubernetes/cmd/kube-proxy/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// components maps a name to what runs it; the result is the exit code. os.Args is
// already as the component expects it: its own name first.
var components = map[string]func() int{
	"etcd":                    func() int { etcdmain.Main(os.Args); return 0 },
	"coredns":                 func() int { runDNS(); return 0 },
	"kube-apiserver":          command(apiserver.NewAPIServerCommand),
	"kube-controller-manager": command(controllermanager.NewControllerManagerCommand),
	"kube-scheduler":          command(func() *cobra.Command { return scheduler.NewSchedulerCommand() }),
	"kube-proxy":              command(proxy.NewProxyCommand),
	"kubelet":                 command(func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) }),
	"kubectl":                 command(kubectl.NewDefaultKubectlCommand),
	"provisioner":             report(runProvisioner),
	"forward":                 report(runForward),
}

func main() {
	name := strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
	if _, linked := components[name]; !linked && len(os.Args) > 1 {
		name = os.Args[1]
		os.Args = os.Args[1:]
	}
	run, known := components[name]
	if !known {
		names := make([]string, 0, len(components))
		for n := range components {
			names = append(names, n)
		}
		sort.Strings(names)
		fmt.Fprintf(os.Stderr, "kube: no component %q; there are: %s\n", name, strings.Join(names, ", "))
		os.Exit(2)
	}
	os.Exit(run())
}

// command defers making the cobra command until it is asked for: each one
// registers flags on globals that the others would trip over.
func command(build func() *cobra.Command) func() int {
	return func() int { return cli.Run(build()) }
}

// report runs one of our own components and prints its error.
func report(run func(args []string) error) func() int {
	return func() int {
		if err := run(os.Args[1:]); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", os.Args[0], err)
			return 1
		}
		return 0
	}
}
