package stacks

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// placeTime is how long the look at the cluster's nodes may take.
const placeTime = 5 * time.Second

// checkPlace makes sure that pods with a shared volume find it where they will run. The
// volume is a directory of one node: with several nodes to choose from, Kubernetes could
// start a pod where that directory is empty.
//
// A cluster that does not answer, or does not let us list its nodes, is no reason to
// stop here: the provider says so in its own words, if it matters, and a preview
// without a cluster is of use.
func (s stack) checkPlace(ctx *pulumi.Context) error {
	if s.Storage.Mode != config.Shared {
		return nil
	}
	client, err := s.inContext().client()
	if err != nil {
		return nil //nolint:nilerr // see above
	}
	limited, cancel := context.WithTimeout(ctx.Context(), placeTime)
	defer cancel()
	found, err := look(limited, client, s.KubeNamespace, s.plan.Name)
	if err != nil {
		return ctx.Log.Debug(fmt.Sprintf("the nodes of context %s are not known: %v", s.Context, err), nil)
	}
	return found.check(s.Storage.Node).Err()
}

// place is what the cluster says of nodes: all there are, and those with pods of ours.
type place struct{ nodes, used []string }

func look(ctx context.Context, client kubernetes.Interface, namespace, cluster string) (place, error) {
	var p place
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return p, fmt.Errorf("listing nodes: %w", err)
	}
	for _, n := range nodes.Items {
		p.nodes = append(p.nodes, n.Name)
	}
	pods, err := client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{
		LabelSelector: labels.SelectorFromSet(kafka.Labels(cluster)).String(),
	})
	if err != nil {
		return p, fmt.Errorf("listing pods: %w", err)
	}
	for _, pod := range pods.Items {
		// A pod that never started has written nothing.
		if pod.Spec.NodeName != "" && pod.Status.Phase == corev1.PodRunning && !slices.Contains(p.used, pod.Spec.NodeName) {
			p.used = append(p.used, pod.Spec.NodeName)
		}
	}
	return p, nil
}

// check judges the node that the configuration names, which may be none.
func (p place) check(node string) config.Problems {
	all, records := strings.Join(p.nodes, ", "), ""
	if len(p.used) > 0 {
		records = "; its pods, and so its records, are on " + strings.Join(p.used, " and ")
	}
	wrong := func(want string) config.Problems {
		value := ""
		if node != "" {
			value = strconv.Quote(node)
		}
		return config.Problems{{Key: "storage.node", Value: value, Want: want}}
	}
	switch {
	case len(p.nodes) == 0: // nothing to judge by
		return nil
	case node == "" && len(p.nodes) > 1:
		return wrong("must name the node with the shared volume's directory, one of " + all + ", since a pod on another one would find it empty" + records)
	case node != "" && !slices.Contains(p.nodes, node):
		return wrong("is no node of this cluster, which has " + all + records)
	case node != "" && len(p.used) > 0 && !slices.Contains(p.used, node):
		return wrong("is another node than the one in use" + records)
	}
	return nil
}
