package survey

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Claim is one claim of the cluster's.
type Claim struct {
	// Bound: it has a volume, and may hold what a pod wrote that is no more.
	Bound bool
	// Class is its StorageClass, "" for none.
	Class string
	// Requested is the size that was asked for, Capacity what the volume has; none without one.
	Requested, Capacity resource.Quantity
	// Infeasible: the volume cannot become what was asked for. Then Kubernetes lets less be
	// asked for, as long as it is more than Capacity.
	// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#recovering-from-failure-when-expanding-volumes
	Infeasible bool
}

// Bound are the names of the cluster's claims that have a volume, sorted.
func (f Found) Bound() []string {
	var bound []string
	for _, name := range slices.Sorted(maps.Keys(f.Claims)) {
		if f.Claims[name].Bound {
			bound = append(bound, name)
		}
	}
	return bound
}

func (l *looker) claims() error {
	claims, err := l.client.CoreV1().PersistentVolumeClaims(l.wanted.Namespace).List(l.ctx, l.ours())
	if err != nil {
		return err
	}
	for i := range claims.Items {
		claim := claimOf(&claims.Items[i])
		l.found.Claims[claims.Items[i].Name] = claim
		if !claim.Bound {
			continue
		}
		for name, set := range l.found.Sets {
			before, rest, ok := strings.Cut(claims.Items[i].Name, "-"+name+"-")
			if ordinal, err := strconv.Atoi(rest); ok && err == nil && before != "" && !slices.Contains(set.Ran, ordinal) {
				set.Ran = append(set.Ran, ordinal)
				l.found.Sets[name] = set
			}
		}
	}
	return nil
}

func claimOf(claim *corev1.PersistentVolumeClaim) Claim {
	growth := claim.Status.AllocatedResourceStatuses[corev1.ResourceStorage]
	c := Claim{
		Bound:      claim.Status.Phase == corev1.ClaimBound,
		Requested:  claim.Spec.Resources.Requests[corev1.ResourceStorage],
		Capacity:   claim.Status.Capacity[corev1.ResourceStorage],
		Infeasible: growth == corev1.PersistentVolumeClaimControllerResizeInfeasible || growth == corev1.PersistentVolumeClaimNodeResizeInfeasible,
	}
	if claim.Spec.StorageClassName != nil {
		c.Class = *claim.Spec.StorageClassName
	}
	return c
}

func (l *looker) classes() error {
	classes, err := l.client.StorageV1().StorageClasses().List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	l.found.Classes = map[string]bool{}
	for _, class := range classes.Items {
		l.found.Classes[class.Name] = class.AllowVolumeExpansion != nil && *class.AllowVolumeExpansion
	}
	return nil
}

func templates(set *appsv1.StatefulSet) map[string]string {
	sizes := map[string]string{}
	for _, claim := range set.Spec.VolumeClaimTemplates {
		size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
		sizes[claim.Name] = size.String()
	}
	return sizes
}
