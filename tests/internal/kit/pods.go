package kit

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Pods are the stack's pods, sorted by name.
func (k *Kafka) Pods(ctx context.Context) ([]corev1.Pod, error) {
	pods, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("pods of %s: %w", k.Namespace, err)
	}
	slices.SortFunc(pods.Items, func(a, b corev1.Pod) int { return strings.Compare(a.Name, b.Name) })
	return pods.Items, nil
}

// PodsReady is nil if exactly these pods exist and all are ready.
func (k *Kafka) PodsReady(ctx context.Context, names ...string) error {
	pods, err := k.Pods(ctx)
	if err != nil {
		return err
	}
	var have []string
	var errs []error
	for _, pod := range pods {
		have = append(have, pod.Name)
		if pod.DeletionTimestamp != nil {
			errs = append(errs, fmt.Errorf("pod %s is stopping", pod.Name))
		}
		if !Ready(pod) {
			errs = append(errs, fmt.Errorf("pod %s is not ready: %s", pod.Name, state(pod)))
		}
	}
	slices.Sort(names)
	if !slices.Equal(have, names) {
		errs = append(errs, fmt.Errorf("pods are %v instead of %v", have, names))
	}
	return errors.Join(errs...)
}

// Ready is what the pod says of itself.
func Ready(pod corev1.Pod) bool {
	return slices.ContainsFunc(pod.Status.Conditions, func(c corev1.PodCondition) bool {
		return c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue
	})
}

// state is what `kubectl get pods` and `describe` would say, in one line.
func state(pod corev1.Pod) string {
	parts := []string{string(pod.Status.Phase)}
	for _, s := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		parts = append(parts, fmt.Sprintf("%s restarts=%d", s.Name, s.RestartCount))
		if w := s.State.Waiting; w != nil {
			parts = append(parts, w.Reason, w.Message)
		}
		for _, ended := range []*corev1.ContainerStateTerminated{s.State.Terminated, s.LastTerminationState.Terminated} {
			if ended != nil && ended.ExitCode != 0 {
				parts = append(parts, fmt.Sprintf("ended with code %d: %s", ended.ExitCode, strings.TrimSpace(ended.Message)))
			}
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status != corev1.ConditionTrue {
			parts = append(parts, c.Message)
		}
	}
	return strings.Join(parts, " ")
}

// LastWords is what the containers of a pod wrote to their termination message.
func (k *Kafka) LastWords(ctx context.Context, pod string) (string, error) {
	p, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("pod %s: %w", pod, err)
	}
	var words []string
	for _, s := range slices.Concat(p.Status.InitContainerStatuses, p.Status.ContainerStatuses) {
		for _, ended := range []*corev1.ContainerStateTerminated{s.State.Terminated, s.LastTerminationState.Terminated} {
			if ended != nil && ended.Message != "" {
				words = append(words, ended.Message)
			}
		}
	}
	return strings.Join(words, "\n"), nil
}

// DeletePod deletes a pod as `kubectl delete pod` does, with its grace period.
func (k *Kafka) DeletePod(ctx context.Context, pod string) error {
	if err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).Delete(ctx, pod, metav1.DeleteOptions{}); err != nil {
		return fmt.Errorf("deleting pod %s: %w", pod, err)
	}
	return nil
}

// Kill kills Kafka in a pod with SIGKILL: it has no time to say goodbye. Deleting the
// pod with a grace period of 0 would not do: the kubelet still sends SIGTERM first.
func (k *Kafka) Kill(ctx context.Context, pod string) error { return k.Signal(ctx, pod, "KILL") }

// Signal sends a signal to Kafka in a pod, not to the agent: KILL, or STOP, which makes
// it hang until CONT.
func (k *Kafka) Signal(ctx context.Context, pod, signal string) error {
	const script = `for p in /proc/[0-9]*; do
  case "$(readlink $p/exe)" in */bin/java) kill -$0 ${p#/proc/} && found=yes;; esac
done
test -n "$found"`
	if _, err := k.Exec(ctx, pod, "/bin/sh", "-c", script, signal); err != nil {
		return fmt.Errorf("sending %s to Kafka in pod %s: %w", signal, pod, err)
	}
	return nil
}

// UID tells a pod from the one that comes after it under the same name.
func (k *Kafka) UID(ctx context.Context, pod string) (string, error) {
	p, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).Get(ctx, pod, metav1.GetOptions{})
	if err != nil {
		return "", fmt.Errorf("pod %s: %w", pod, err)
	}
	return string(p.UID), nil
}

// UIDs are those of pods, by name.
func (k *Kafka) UIDs(t *testing.T, pods ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, pod := range pods {
		uid, err := k.UID(t.Context(), pod)
		if err != nil {
			t.Fatal(err)
		}
		found[pod] = uid
	}
	return found
}

// AreNew is nil when all of these pods came after those that had these UIDs.
func (k *Kafka) AreNew(ctx context.Context, before map[string]string) error {
	for pod, uid := range before {
		now, err := k.UID(ctx, pod)
		if err == nil && now == uid {
			err = fmt.Errorf("%s is still the old one", pod)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Exec runs a command in a pod and returns what it prints.
func (k *Kafka) Exec(ctx context.Context, pod string, command ...string) (string, error) {
	return k.Cluster.exec(ctx, k.Namespace, pod, command...)
}

// explain writes what a person would look at first to the test's log.
func (k *Kafka) explain(ctx context.Context, t *testing.T) {
	pods, err := k.Pods(ctx)
	if err != nil {
		t.Log(err)
		return
	}
	tail := int64(25)
	for _, pod := range pods {
		t.Logf("pod %s on %s: ready=%v %s", pod.Name, pod.Spec.NodeName, Ready(pod), state(pod))
		text, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).GetLogs(pod.Name, &corev1.PodLogOptions{TailLines: &tail}).DoRaw(ctx)
		if err != nil {
			t.Logf("  no log: %v", err)
			continue
		}
		for line := range strings.Lines(string(text)) {
			t.Logf("  %s", strings.TrimSpace(line))
		}
	}
	events, err := k.Cluster.Kube.CoreV1().Events(k.Namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		t.Log(err)
		return
	}
	for _, e := range events.Items {
		if e.Type == corev1.EventTypeWarning {
			t.Logf("event %s %s/%s: %s: %s (%d times)", e.LastTimestamp.Format(time.TimeOnly), e.InvolvedObject.Kind, e.InvolvedObject.Name, e.Reason, e.Message, e.Count)
		}
	}
}

// Nodes are the names of the cluster's nodes.
func (c *Cluster) Nodes(ctx context.Context) ([]string, error) {
	nodes, err := c.Kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("nodes: %w", err)
	}
	names := make([]string, len(nodes.Items))
	for i, node := range nodes.Items {
		names[i] = node.Name
	}
	return names, nil
}
