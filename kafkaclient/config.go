package kafkaclient

import (
	"k8s.io/client-go/rest"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
)

// RestConfig is what [PortForward] wants: the connection to the API server of a context.
//
// An empty kubeconfig means what it means to kubectl: the files in KUBECONFIG, or
// ~/.kube/config. The context must be named: connecting to whatever context happens
// to be current is how commands reach the wrong cluster.
func RestConfig(kubeconfig, context string) (*rest.Config, error) {
	return kubecontext.RestConfig(kubeconfig, context)
}
