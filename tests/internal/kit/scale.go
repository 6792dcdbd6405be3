package kit

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	autoscalingv1 "k8s.io/api/autoscaling/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Scale makes Kubernetes run that many pods of a StatefulSet, without Pulumi's knowledge.
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

// Down takes the last pod of a StatefulSet away for good, without a goodbye, and
// leaves the given number of them.
func (k *Kafka) Down(t *testing.T, set string, left int32) {
	t.Helper()
	pod := fmt.Sprintf("%s-%d", set, left)
	if err := k.Scale(t.Context(), set, left); err != nil {
		t.Fatal(err)
	}
	stopping := false
	Eventually(t, time.Minute, pod+" is gone", func() error {
		p, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).Get(t.Context(), pod, metav1.GetOptions{})
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return err
		case p.DeletionTimestamp != nil && !stopping: // from now on nobody starts it again
			stopping = true
			_ = k.Kill(t.Context(), pod) // it may have gone by itself
		}
		return errors.New("it is still there")
	})
}
