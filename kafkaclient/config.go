package kafkaclient

import (
	"fmt"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// RestConfig reads the connection to a Kubernetes API server from a kubeconfig.
//
// An empty kubeconfig means what it means to kubectl: the files in KUBECONFIG, or
// ~/.kube/config. The context must be named: connecting to whatever context happens
// to be current is how commands reach the wrong cluster.
func RestConfig(kubeconfig, context string) (*rest.Config, error) {
	if context == "" {
		return nil, fmt.Errorf("name the Kubernetes context: `kubectl config get-contexts` lists them")
	}
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules,
		&clientcmd.ConfigOverrides{CurrentContext: context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubernetes context %q: %w; `kubectl config get-contexts` lists what there is", context, err)
	}
	return config, nil
}
