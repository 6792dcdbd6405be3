package kit

import (
	"context"
	"fmt"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Scale makes Kubernetes run that many pods of a StatefulSet, behind Pulumi's back.
// It is how a test keeps a pod away: one that is merely deleted comes back at once.
func (k *Kafka) Scale(ctx context.Context, set string, replicas int32) error {
	_, err := k.Cluster.Kube.AppsV1().StatefulSets(k.Namespace).UpdateScale(ctx, set, &autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: set, Namespace: k.Namespace},
		Spec:       autoscalingv1.ScaleSpec{Replicas: replicas},
	}, metav1.UpdateOptions{})
	if err != nil {
		return fmt.Errorf("scaling %s to %d: %w", set, replicas, err)
	}
	return nil
}
