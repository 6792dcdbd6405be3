// Package fakepool is a node pool in a fake Kubernetes, for tests of what restarts its pods: a
// StatefulSet with the update strategy OnDelete, what its controller does, its disruption budget,
// and the agents of its pods.
package fakepool

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/rest"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Where the pool is.
const (
	Namespace = "n"
	Name      = "kafka"
)

// Takes is how long a pod takes to come back, unless Slow says otherwise.
const Takes = 5 * time.Second

// Pool is the pool. Its pods are Name-0, Name-1, …, and combined nodes with the ids 0, 1, …
type Pool struct {
	Client *fake.Clientset

	mutex    sync.Mutex
	set      *appsv1.StatefulSet
	leader   int // ordinal of the active controller
	epoch    int
	made     int             // pods so far, for their uids
	bad      map[string]bool // revisions whose pods never come into service
	behind   map[string]bool // pods whose replicas are not in sync
	deaf     bool            // agents do not answer
	budget   bool            // refuses all
	takes    time.Duration   // until a pod is back
	killed   map[string]contract.Restarts
	starting map[string]bool // pods whose JVM the agent has just started again
	gone     []string        // pods that were restarted, in order
	deleted  []string        // those of them that were deleted without asking the budget
	together int             // most pods that were out of service at once
}

// New is a pool whose pods all serve with this revision of the template. leader is the ordinal of
// the active controller.
func New(replicas int32, revision string, leader int) *Pool {
	p := &Pool{
		leader: leader, epoch: 1, takes: Takes, bad: map[string]bool{}, behind: map[string]bool{},
		killed: map[string]contract.Restarts{}, starting: map[string]bool{},
	}
	p.set = &appsv1.StatefulSet{
		ObjectMeta: metav1.ObjectMeta{Namespace: Namespace, Name: Name, UID: "set", Generation: 1},
		Spec: appsv1.StatefulSetSpec{
			Replicas:       &replicas,
			Selector:       &metav1.LabelSelector{MatchLabels: map[string]string{"app": Name}},
			UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: appsv1.OnDeleteStatefulSetStrategyType},
		},
		Status: appsv1.StatefulSetStatus{CurrentRevision: revision, UpdateRevision: revision},
	}
	p.Client = fake.NewClientset(p.set)
	for ordinal := range replicas {
		pod := p.pod(fmt.Sprintf("%s-%d", Name, ordinal))
		p.serve(pod)
		p.must(p.Client.Tracker().Add(pod))
	}
	p.observe()
	p.Client.PrependReactor("create", "pods", p.evict)
	p.Client.PrependReactor("delete", "pods", p.deletePod)
	p.Client.AddProxyReactor("pods", p.agent)
	return p
}

// Change gives the StatefulSet another template. bad ones are those with which no pod comes
// into service.
func (p *Pool) Change(revision string, bad bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.set.Generation++
	p.set.Status.UpdateRevision = revision
	p.bad[revision] = bad
	p.observe()
}

// Behind says whether a pod's replicas are out of sync.
func (p *Pool) Behind(pod string, is bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.behind[pod] = is
}

// Slow lets pods take so long to come back.
func (p *Pool) Slow(takes time.Duration) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.takes = takes
}

// Kill lets a pod's agent say that it has just started the JVM again, for the first time; serves:
// which is in service again.
func (p *Pool) Kill(pod string, serves bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.killed[pod] = contract.Restarts{Count: 1, Last: time.Now()}
	p.starting[pod] = !serves
}

// Lose takes a pod out of service whose node does not answer any more.
func (p *Pool) Lose(name string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	pod := p.get(name)
	pod.Spec.NodeName, pod.Status.Conditions = "node of "+name, nil
	p.put(pod)
	p.must(p.Client.Tracker().Add(&corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: pod.Spec.NodeName}}))
	p.observe()
}

// Displace takes a pod out of service that no node can take any more.
func (p *Pool) Displace(name string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	pod := p.get(name)
	pod.Status = corev1.PodStatus{Conditions: []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: "no node",
	}}}
	p.put(pod)
	p.observe()
}

// Deaf lets no agent answer.
func (p *Pool) Deaf() {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.deaf = true
}

// Refuse lets the disruption budget refuse every eviction, or not.
func (p *Pool) Refuse(is bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.budget = is
}

// Fail takes a pod out of service, whose container runs on.
func (p *Pool) Fail(name string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	pod := p.get(name)
	pod.Status.Conditions = nil
	p.put(pod)
	p.observe()
}

// Restarted are the pods that went, in this order, and those of them that were deleted without
// asking the budget.
func (p *Pool) Restarted() (all, deleted []string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return append([]string(nil), p.gone...), append([]string(nil), p.deleted...)
}

// Together is how many pods have been out of service at once, at most.
func (p *Pool) Together() int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.together
}

func (p *Pool) pod(name string) *corev1.Pod {
	p.made++
	started := false
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: Namespace, Name: name, UID: types.UID(fmt.Sprintf("%s, %d", name, p.made)),
			Labels:          map[string]string{"app": Name, appsv1.StatefulSetRevisionLabel: p.set.Status.UpdateRevision},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(p.set, appsv1.SchemeGroupVersion.WithKind("StatefulSet"))},
		},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{Name: "kafka", Started: &started}}},
	}
}

func (p *Pool) serve(pod *corev1.Pod) {
	started := true
	pod.Status.ContainerStatuses[0].Started = &started
	pod.Status.ContainerStatuses[0].State = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	pod.Status.Conditions = []corev1.PodCondition{{Type: corev1.PodReady, Status: corev1.ConditionTrue}}
}

func serves(pod *corev1.Pod) bool {
	return len(pod.Status.Conditions) > 0 && pod.Status.Conditions[0].Type == corev1.PodReady
}

// evict does what the API server does for an eviction.
func (p *Pool) evict(action clienttesting.Action) (bool, runtime.Object, error) {
	asked, is := action.(clienttesting.CreateAction).GetObject().(*policyv1.Eviction)
	if !is {
		return false, nil, nil
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.budget {
		return true, nil, apierrors.NewTooManyRequests("the budget refuses", 0)
	}
	return true, nil, p.restart(asked.Name, asked.DeleteOptions)
}

func (p *Pool) deletePod(action clienttesting.Action) (bool, runtime.Object, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	asked := action.(clienttesting.DeleteActionImpl)
	p.deleted = append(p.deleted, asked.Name)
	return true, nil, p.restart(asked.Name, &asked.DeleteOptions)
}

// restart is what becomes of a pod that was deleted: the StatefulSet's controller makes it anew,
// and it comes into service later, or never.
func (p *Pool) restart(name string, options *metav1.DeleteOptions) error {
	old := p.get(name)
	if options == nil || options.Preconditions == nil || *options.Preconditions.UID != old.UID {
		return apierrors.NewConflict(corev1.Resource("pods"), name, fmt.Errorf("it has another uid"))
	}
	p.gone = append(p.gone, name)
	delete(p.killed, name)
	delete(p.starting, name)
	pod := p.pod(name)
	p.put(pod)
	if name == fmt.Sprintf("%s-%d", Name, p.leader) {
		p.leader, p.epoch = (p.leader+1)%int(*p.set.Spec.Replicas), p.epoch+1
	}
	p.observe()
	if bad := p.bad[p.set.Status.UpdateRevision]; bad {
		pod.Status.ContainerStatuses[0].State.Waiting = &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff", Message: "again"}
		p.put(pod)
		return nil
	}
	time.AfterFunc(p.takes, func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		if now := p.get(name); now.UID == pod.UID {
			p.serve(now)
			p.put(now)
			p.observe()
		}
	})
	return nil
}

// observe makes the StatefulSet's status what its controller would.
func (p *Pool) observe() {
	status := &p.set.Status
	status.ObservedGeneration = p.set.Generation
	status.Replicas, status.ReadyReplicas, status.UpdatedReplicas = *p.set.Spec.Replicas, 0, 0
	for ordinal := range *p.set.Spec.Replicas {
		pod := p.get(fmt.Sprintf("%s-%d", Name, ordinal))
		if serves(pod) {
			status.ReadyReplicas++
		}
		if pod.Labels[appsv1.StatefulSetRevisionLabel] == status.UpdateRevision {
			status.UpdatedReplicas++
		}
	}
	p.together = max(p.together, int(status.Replicas-status.ReadyReplicas))
	p.must(p.Client.Tracker().Update(appsv1.SchemeGroupVersion.WithResource("statefulsets"), p.set.DeepCopy(), Namespace))
}

// agent is the answer of a pod's agent.
func (p *Pool) agent(action clienttesting.Action) (bool, rest.ResponseWrapper, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	name := action.(clienttesting.ProxyGetAction).GetName()
	if p.deaf {
		return true, answer{err: fmt.Errorf("%s does not answer", name)}, nil
	}
	state := contract.State{
		LeaderID: p.leader, LeaderEpoch: p.epoch, Restarts: p.killed[name], Ready: serves(p.get(name)) && !p.starting[name],
	}
	caughtUp := !p.behind[name]
	state.CaughtUp = &caughtUp
	if _, err := fmt.Sscanf(strings.TrimPrefix(name, Name+"-"), "%d", &state.NodeID); err != nil {
		return true, answer{err: err}, nil
	}
	text, err := json.Marshal(state)
	return true, answer{text, err}, nil
}

type answer struct {
	text []byte
	err  error
}

func (a answer) DoRaw(context.Context) ([]byte, error) { return a.text, a.err }

func (a answer) Stream(context.Context) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(string(a.text))), a.err
}

var pods = corev1.SchemeGroupVersion.WithResource("pods")

func (p *Pool) get(name string) *corev1.Pod {
	object, err := p.Client.Tracker().Get(pods, Namespace, name)
	p.must(err)
	return object.(*corev1.Pod).DeepCopy()
}

func (p *Pool) put(pod *corev1.Pod) {
	p.must(p.Client.Tracker().Update(pods, pod.DeepCopy(), Namespace))
}

// must is for what only a mistake in this package can make fail.
func (p *Pool) must(err error) {
	if err != nil {
		panic(err) //nolint:forbidigo // in tests alone
	}
}
