// Package nodeport moves the NodePorts of services that want each other's.
package nodeport

import (
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

// order are the services whose port changes, each after the one that has what it wants.
// Ports that all move by the same number make no circle; of one that is made by hand, the
// services are left to Kubernetes to refuse.
func order(has, wanted map[string]int) []string {
	holder := map[int]string{}
	for service, port := range has {
		holder[port] = service
	}
	var ordered []string
	seen := map[string]bool{}
	var visit func(service string)
	visit = func(service string) {
		if seen[service] || has[service] == wanted[service] {
			return
		}
		seen[service] = true
		if other, held := holder[wanted[service]]; held {
			visit(other)
		}
		ordered = append(ordered, service)
	}
	for _, service := range slices.Sorted(maps.Keys(has)) {
		visit(service)
	}
	return ordered
}
