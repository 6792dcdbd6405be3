// Package nodeport moves the NodePorts of services that want each other's.
package nodeport

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// Move gives each service its port, in an order in which each is free when it is asked
// for. Services that do not exist, or have no NodePort, are left alone: who makes them
// gives them their port.
func Move(ctx context.Context, client kubernetes.Interface, namespace string, wanted map[string]int) error {
	services, err := client.CoreV1().Services(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("looking at the NodePorts of namespace %s: %w", namespace, err)
	}
	has, port := map[string]int{}, map[string]int32{}
	for _, s := range services.Items {
		if _, ours := wanted[s.Name]; ours && len(s.Spec.Ports) == 1 && s.Spec.Ports[0].NodePort != 0 {
			has[s.Name], port[s.Name] = int(s.Spec.Ports[0].NodePort), s.Spec.Ports[0].Port
		}
	}
	for _, service := range order(has, wanted) {
		patch := fmt.Sprintf(`{"spec":{"ports":[{"port":%d,"nodePort":%d}]}}`, port[service], wanted[service])
		_, err := client.CoreV1().Services(namespace).Patch(ctx, service, types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{})
		if err != nil {
			return fmt.Errorf("moving service %s from NodePort %d to %d: %w", service, has[service], wanted[service], err)
		}
	}
	return nil
}

// order are the services whose port changes: those that move down, the lowest first, then
// those that move up, the highest first. So no service ever passes another one: a run that
// is cut off after any step leaves ports in the order in which they are wanted, and the next
// one can go on from there to any other base. Ports that were swapped by hand are left to
// Kubernetes to refuse.
func order(has, wanted map[string]int) []string {
	services := slices.SortedFunc(maps.Keys(has), func(a, b string) int { return cmp.Compare(wanted[a], wanted[b]) })
	var down, up []string
	for _, service := range services {
		switch {
		case wanted[service] < has[service]:
			down = append(down, service)
		case wanted[service] > has[service]:
			up = append(up, service)
		}
	}
	slices.Reverse(up)
	return append(down, up...)
}
