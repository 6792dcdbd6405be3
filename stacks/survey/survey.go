// Package survey looks at what a Kubernetes cluster holds where a stack wants to be,
// before the stack changes anything: whose objects are there, which cluster runs, and
// what was left of one that was destroyed. Looking asks the API server; judging what was
// found is pure.
package survey

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Wanted is where a stack wants to be.
type Wanted struct {
	// Namespace and Cluster are the Kubernetes namespace and the cluster's name.
	Namespace, Cluster string
	// Volume is the shared PersistentVolume's name, "" without one.
	Volume string
	// Sets are the names of the StatefulSets.
	Sets []string
	// Names are those of all objects in the namespace but Secrets.
	Names []string
	// Secrets are the names of Secrets, each of which is looked at alone: others are nobody's
	// business.
	Secrets []string
}

// Found is what was there. What the stack may not look at is left out.
type Found struct {
	// Identity is the cluster's own, whatever its context is called: the uid of its
	// namespace kube-system, which lives as long as the cluster. "" if not known.
	Identity string
	// Nodes are the names of all nodes, Used of those with running pods of the cluster.
	Nodes, Used []string
	// Namespace is the wanted one, nil if it is not there or on its way out.
	Namespace *Object
	// Objects are those with one of the wanted names, the shared volume among them.
	Objects []Object
	// Others counts the objects in the namespace that are not the cluster's.
	Others []string
	// Claims are the cluster's claims, by name.
	Claims map[string]Claim
	// Classes are the StorageClasses, and whether their volumes can grow. Nil: not known.
	Classes map[string]bool
	// Sets are the cluster's StatefulSets, by name.
	Sets map[string]Set
	// Record is what the cluster's record says, nil if there is none.
	Record *Record
	// Left are records of this cluster's stack at other places, where nothing runs any more.
	Left []Record
}

// Object is one object of Kubernetes.
type Object struct {
	Kind, Name string
	// Owner is the stack that made it, "" if it does not say.
	Owner string
	// Cluster is the name of the Kafka cluster that its labels name, "" if none.
	Cluster string
}

// claimKind is what an Object calls a claim.
const claimKind = "persistentvolumeclaim"

func (o Object) String() string { return o.Kind + "/" + o.Name }

// Set is one StatefulSet.
type Set struct {
	// ClusterID is the Kafka cluster id that its pods are given.
	ClusterID string
	// Replicas is how many pods it shall have now.
	Replicas int
	// Ran are the ordinals of pods whose Kafka has ever run.
	Ran []int
	// Started reports whether the Kafka of any of its pods has been in service.
	Started bool
	// Templates are the sizes of its claim templates, by name.
	Templates map[string]string
}

// Runs reports whether the cluster has a workload, running or stopped.
func (f Found) Runs() bool { return len(f.Sets) > 0 }

// Started reports whether any node is or was in service, so that there may be records.
func (f Found) Started() bool {
	for _, set := range f.Sets {
		if set.Started {
			return true
		}
	}
	return false
}

// ClusterID is that of the workload, "" if there is none.
func (f Found) ClusterID() string {
	for _, set := range f.Sets {
		if set.ClusterID != "" {
			return set.ClusterID
		}
	}
	return ""
}

// Holding is how many pods of the StatefulSet may hold records: one more than the highest
// ordinal below its present size that ever ran.
func (f Found) Holding(set string) int {
	held := 0
	for _, ordinal := range f.Sets[set].Ran {
		if ordinal < f.Sets[set].Replicas {
			held = max(held, ordinal+1)
		}
	}
	return held
}

// Look asks the API server. It fails if that does not answer; what it may not see is left
// out.
func Look(ctx context.Context, client kubernetes.Interface, owner string, wanted Wanted) (Found, error) {
	l := looker{ctx: ctx, client: client, wanted: wanted, found: Found{Sets: map[string]Set{}, Claims: map[string]Claim{}}}
	for _, step := range []func() error{l.identity, l.nodes, l.namespace, l.volume, l.objects, l.secrets, l.sets, l.pods, l.claims, l.classes, func() error { return l.records(owner) }} {
		// Who may not see something may still work here.
		if err := step(); err != nil && !apierrors.IsForbidden(err) {
			return l.found, fmt.Errorf("looking at the cluster: %w", err)
		}
	}
	return l.found, nil
}

type looker struct {
	ctx    context.Context
	client kubernetes.Interface
	wanted Wanted
	found  Found
}

func (l *looker) secrets() error {
	for _, name := range l.wanted.Secrets {
		found, err := l.client.CoreV1().Secrets(l.wanted.Namespace).Get(l.ctx, name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return err
		}
		l.found.Objects = append(l.found.Objects, objectOf("secret", found))
	}
	return nil
}

func (l *looker) identity() error {
	system, err := l.client.CoreV1().Namespaces().Get(l.ctx, metav1.NamespaceSystem, metav1.GetOptions{})
	if err == nil {
		l.found.Identity = string(system.UID)
	}
	return ignoreMissing(err)
}

func (l *looker) nodes() error {
	nodes, err := l.client.CoreV1().Nodes().List(l.ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, n := range nodes.Items {
		l.found.Nodes = append(l.found.Nodes, n.Name)
	}
	return nil
}

func (l *looker) namespace() error {
	namespace, err := l.client.CoreV1().Namespaces().Get(l.ctx, l.wanted.Namespace, metav1.GetOptions{})
	if err == nil && namespace.DeletionTimestamp == nil {
		object := objectOf("namespace", namespace)
		l.found.Namespace = &object
	}
	return ignoreMissing(err)
}

func (l *looker) volume() error {
	if l.wanted.Volume == "" {
		return nil
	}
	volume, err := l.client.CoreV1().PersistentVolumes().Get(l.ctx, l.wanted.Volume, metav1.GetOptions{})
	if err == nil {
		l.found.Objects = append(l.found.Objects, objectOf("persistentvolume", volume))
	}
	return ignoreMissing(err)
}

// objects looks for the wanted names among the kinds of objects that a stack makes.
func (l *looker) objects() error {
	namespace, all := l.wanted.Namespace, metav1.ListOptions{}
	var denied []error
	take := func(kind string, list runtime.Object, err error) {
		if err != nil {
			denied = append(denied, err)
			return
		}
		for _, object := range items(list) {
			found := objectOf(kind, object)
			if slices.Contains(l.wanted.Names, found.Name) {
				l.found.Objects = append(l.found.Objects, found)
			} else if found.Cluster != l.wanted.Cluster && !kubernetesOwn(kind, found.Name) {
				l.found.Others = append(l.found.Others, found.String())
			}
		}
	}
	services, err := l.client.CoreV1().Services(namespace).List(l.ctx, all)
	take("service", services, err)
	accounts, err := l.client.CoreV1().ServiceAccounts(namespace).List(l.ctx, all)
	take("serviceaccount", accounts, err)
	configs, err := l.client.CoreV1().ConfigMaps(namespace).List(l.ctx, all)
	take("configmap", configs, err)
	claims, err := l.client.CoreV1().PersistentVolumeClaims(namespace).List(l.ctx, all)
	take(claimKind, claims, err)
	sets, err := l.client.AppsV1().StatefulSets(namespace).List(l.ctx, all)
	take("statefulset", sets, err)
	deployments, err := l.client.AppsV1().Deployments(namespace).List(l.ctx, all)
	take("deployment", deployments, err)
	budgets, err := l.client.PolicyV1().PodDisruptionBudgets(namespace).List(l.ctx, all)
	take("poddisruptionbudget", budgets, err)
	policies, err := l.client.NetworkingV1().NetworkPolicies(namespace).List(l.ctx, all)
	take("networkpolicy", policies, err)
	// One kind that may not be seen hides none of the others.
	at := slices.IndexFunc(denied, func(err error) bool { return !apierrors.IsForbidden(err) })
	if at >= 0 {
		return denied[at]
	}
	return nil
}

// kubernetesOwn are the objects that every namespace gets by itself.
func kubernetesOwn(kind, name string) bool {
	return kind == "serviceaccount" && name == "default" || kind == "configmap" && name == "kube-root-ca.crt"
}

func (l *looker) sets() error {
	for _, name := range l.wanted.Sets {
		set, err := l.client.AppsV1().StatefulSets(l.wanted.Namespace).Get(l.ctx, name, metav1.GetOptions{})
		if err := ignoreMissing(err); err != nil {
			return err
		}
		if err != nil {
			continue
		}
		l.found.Sets[name] = Set{ClusterID: clusterID(set), Replicas: int(replicas(set)), Templates: templates(set)}
	}
	return nil
}

func replicas(set *appsv1.StatefulSet) int32 {
	if set.Spec.Replicas == nil {
		return 1
	}
	return *set.Spec.Replicas
}

// clusterID reads it where every release of this program has put it.
func clusterID(set *appsv1.StatefulSet) string {
	for _, container := range set.Spec.Template.Spec.Containers {
		for _, variable := range container.Env {
			if variable.Name == contract.EnvClusterID {
				return variable.Value
			}
		}
	}
	return ""
}

func (l *looker) ours() metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: labels.SelectorFromSet(topology.Labels(l.wanted.Cluster)).String()}
}

func (l *looker) pods() error {
	pods, err := l.client.CoreV1().Pods(l.wanted.Namespace).List(l.ctx, l.ours())
	if err != nil {
		return err
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		// A pod that never started has written nothing.
		if node := pod.Spec.NodeName; node != "" && pod.Status.Phase == corev1.PodRunning && !slices.Contains(l.found.Used, node) {
			l.found.Used = append(l.found.Used, node)
		}
		name, ordinal, ok := setOf(pod.Name)
		set, known := l.found.Sets[name]
		if !ok || !known {
			continue
		}
		for _, container := range pod.Status.ContainerStatuses {
			if container.State.Running != nil || container.State.Terminated != nil || container.RestartCount > 0 {
				set.Ran = append(set.Ran, ordinal)
			}
			set.Started = set.Started || container.Started != nil && *container.Started
		}
		l.found.Sets[name] = set
	}
	return nil
}

// setOf splits a pod's name into its StatefulSet's and its number.
func setOf(pod string) (string, int, bool) {
	cut := strings.LastIndex(pod, "-")
	if cut < 0 {
		return "", 0, false
	}
	ordinal, err := strconv.Atoi(pod[cut+1:])
	return pod[:cut], ordinal, err == nil
}

func ignoreMissing(err error) error {
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// Removable tells why the namespace should stay, nil if nothing in it is worth keeping.
func (f Found) Removable() error {
	switch {
	case f.Runs():
		return errors.New("the cluster still runs in it")
	case f.Record != nil:
		return errors.New("it holds the record of a cluster whose records are kept")
	case len(f.Bound()) > 0:
		return fmt.Errorf("it holds claims with records: %s", strings.Join(f.Bound(), ", "))
	case len(f.Others) > 0:
		return fmt.Errorf("it holds what others made: %s", strings.Join(f.Others, ", "))
	}
	return nil
}
