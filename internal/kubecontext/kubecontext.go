// Package kubecontext connects to the Kubernetes cluster of a named context.
//
// In all of it an empty kubeconfig means what it means to kubectl: the files in
// KUBECONFIG, or ~/.kube/config.
package kubecontext

import (
	"errors"
	"fmt"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// Load reads the kubeconfig. Files that do not exist are left out, as kubectl does.
func Load(kubeconfig string) (*api.Config, error) {
	config, err := rules(kubeconfig).Load()
	if err != nil {
		return nil, fmt.Errorf("reading the kubeconfig: %w", err)
	}
	return config, nil
}

// RestConfig is the connection to the API server of a context. The context must be named:
// connecting to whatever context happens to be current is how commands reach the wrong
// cluster.
func RestConfig(kubeconfig, context string) (*rest.Config, error) {
	if context == "" {
		return nil, errors.New("name the Kubernetes context: `kubectl config get-contexts` lists them")
	}
	config, err := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(rules(kubeconfig),
		&clientcmd.ConfigOverrides{CurrentContext: context}).ClientConfig()
	if err != nil {
		return nil, fmt.Errorf("kubernetes context %q: %w; `kubectl config get-contexts` lists what there is", context, err)
	}
	return config, nil
}

// Client talks to the Kubernetes of a context, by the connection that it also returns. It
// does not connect yet. An error is one of the kubeconfig: there is no such context, or
// its credentials cannot be read.
func Client(kubeconfig, context string) (kubernetes.Interface, *rest.Config, error) {
	connection, err := RestConfig(kubeconfig, context)
	if err != nil {
		return nil, nil, err
	}
	client, err := kubernetes.NewForConfig(connection)
	if err != nil {
		return nil, nil, fmt.Errorf("kubernetes context %q: %w", context, err)
	}
	return client, connection, nil
}

func rules(kubeconfig string) *clientcmd.ClientConfigLoadingRules {
	rules := clientcmd.NewDefaultClientConfigLoadingRules()
	rules.ExplicitPath = kubeconfig
	return rules
}
