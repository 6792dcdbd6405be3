package kit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/remotecommand"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
)

// Cluster is the Kubernetes cluster that tests run in.
type Cluster struct {
	Kube    *kubernetes.Clientset
	Forward *kafkaclient.Forwarder
	config  *rest.Config
}

var connect = sync.OnceValues(func() (*Cluster, error) {
	config, err := kubecontext.RestConfig("", Context)
	if err != nil {
		return nil, err
	}
	config.QPS, config.Burst = 50, 100 // tests ask often
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, fmt.Errorf("kubernetes client: %w", err)
	}
	forward, err := kafkaclient.PortForward(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := kube.RESTClient().Get().AbsPath("/readyz").Do(ctx).Error(); err != nil {
		return nil, fmt.Errorf("kubernetes context %q: %w", Context, err)
	}
	return &Cluster{Kube: kube, Forward: forward, config: config}, nil
})

var prepared struct {
	once sync.Once
	lock *os.File // open as long as the run lasts
	err  error
}

// Kubernetes connects to the cluster. The first test to ask waits until no other
// test run works in it, and removes what killed runs left behind.
func Kubernetes(t *testing.T) *Cluster {
	t.Helper()
	Engine(t)
	cluster, err := connect()
	if err != nil {
		t.Fatalf("%v\nThe cluster tests need the local cluster: `make test` starts it, `make cluster-up` does too.", err)
	}
	prepared.once.Do(func() {
		if prepared.lock, prepared.err = lock(t); prepared.err == nil {
			prepared.err = cluster.sweep(t)
		}
	})
	if prepared.err != nil {
		t.Fatal(prepared.err)
	}
	return cluster
}

// sweep removes the namespaces and volumes of earlier test runs.
func (c *Cluster) sweep(t *testing.T) error {
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	namespaces, err := c.Kube.CoreV1().Namespaces().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("looking for leftovers: %w", err)
	}
	for _, namespace := range namespaces.Items {
		if strings.HasPrefix(namespace.Name, prefix) {
			t.Logf("removing namespace %s of an earlier test run", namespace.Name)
			if err := c.removeNamespace(ctx, namespace.Name); err != nil {
				return err
			}
		}
	}
	volumes, err := c.Kube.CoreV1().PersistentVolumes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("looking for leftovers: %w", err)
	}
	for _, volume := range volumes.Items {
		if strings.HasPrefix(volume.Name, prefix) {
			t.Logf("removing volume %s of an earlier test run", volume.Name)
			if err := c.removeVolume(ctx, volume.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// removeNamespace deletes a namespace and waits until it is gone. Its pods go before:
// Kubernetes looks at a namespace again only after half of the longest grace period of
// the pods that it found there.
func (c *Cluster) removeNamespace(ctx context.Context, name string) error {
	now := int64(0)
	_ = c.Kube.AppsV1().StatefulSets(name).DeleteCollection(ctx, metav1.DeleteOptions{}, metav1.ListOptions{})
	_ = c.Kube.CoreV1().Pods(name).DeleteCollection(ctx, metav1.DeleteOptions{GracePeriodSeconds: &now}, metav1.ListOptions{})
	for {
		err := c.Kube.CoreV1().Namespaces().Delete(ctx, name, metav1.DeleteOptions{})
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil && !apierrors.IsConflict(err) { // conflict: it is being deleted
			return fmt.Errorf("removing namespace %s: %w", name, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %s does not go away: %w", name, context.Cause(ctx))
		case <-time.After(500 * time.Millisecond):
		}
	}
}

// removeVolume deletes a PersistentVolume, not what it holds.
func (c *Cluster) removeVolume(ctx context.Context, name string) error {
	err := c.Kube.CoreV1().PersistentVolumes().Delete(ctx, name, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return fmt.Errorf("removing volume %s: %w", name, err)
	}
	return nil
}

// removeDirectories deletes the directories that tests made below /mnt of the
// cluster's nodes. Only the node can do that, so a pod does.
func (c *Cluster) removeDirectories(ctx context.Context, image string) error {
	namespace := name("clean")
	if _, err := c.Kube.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("cleaning up: %w", err)
	}
	nodes, err := c.Kube.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return fmt.Errorf("cleaning up: %w", err)
	}
	for _, node := range nodes.Items {
		err = errors.Join(err, c.cleanNode(ctx, namespace, node.Name, image))
	}
	return errors.Join(err, c.removeNamespace(ctx, namespace))
}

func (c *Cluster) cleanNode(ctx context.Context, namespace, node, image string) error {
	root := int64(0)
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "clean-" + node},
		Spec: corev1.PodSpec{
			NodeName:      node,
			RestartPolicy: corev1.RestartPolicyNever,
			Containers: []corev1.Container{{
				Name: "clean", Image: image,
				Command:         []string{"/bin/sh", "-c", "rm -rf /host/" + prefix + "*"},
				SecurityContext: &corev1.SecurityContext{RunAsUser: &root},
				VolumeMounts:    []corev1.VolumeMount{{Name: "host", MountPath: "/host"}},
			}},
			Volumes: []corev1.Volume{{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/mnt"}}}},
		},
	}
	pods := c.Kube.CoreV1().Pods(namespace)
	if _, err := pods.Create(ctx, pod, metav1.CreateOptions{}); err != nil {
		return fmt.Errorf("cleaning up on node %s: %w", node, err)
	}
	for {
		now, err := pods.Get(ctx, pod.Name, metav1.GetOptions{})
		switch {
		case err != nil:
			return fmt.Errorf("cleaning up on node %s: %w", node, err)
		case now.Status.Phase == corev1.PodSucceeded:
			return nil
		case now.Status.Phase == corev1.PodFailed:
			return fmt.Errorf("cleaning up on node %s: the pod failed: %v", node, now.Status.ContainerStatuses)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("cleaning up on node %s: pod is %s: %w", node, now.Status.Phase, context.Cause(ctx))
		case <-time.After(250 * time.Millisecond):
		}
	}
}

// exec runs a command in a pod's first container and returns what it prints.
func (c *Cluster) exec(ctx context.Context, namespace, pod string, command ...string) (string, error) {
	request := c.Kube.CoreV1().RESTClient().Post().
		Resource("pods").Namespace(namespace).Name(pod).SubResource("exec").
		VersionedParams(&corev1.PodExecOptions{Command: command, Stdout: true, Stderr: true}, scheme.ParameterCodec)
	executor, err := remotecommand.NewWebSocketExecutor(c.config, "GET", request.URL().String())
	if err != nil {
		return "", fmt.Errorf("exec in %s/%s: %w", namespace, pod, err)
	}
	var out, why bytes.Buffer
	if err := executor.StreamWithContext(ctx, remotecommand.StreamOptions{Stdout: &out, Stderr: &why}); err != nil {
		return "", fmt.Errorf("exec %q in %s/%s: %w: %s", command, namespace, pod, err, why.String())
	}
	return out.String(), nil
}
