package survey

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	me    = "organization/kafka-kraft/try2"
	other = "organization/kafka-kraft/try"
	mine  = "AAAAAAAAAAAAAAAAAAAAAA"
	their = "BBBBBBBBBBBBBBBBBBBBBB"
)

var wanted = Wanted{Namespace: "ns", Cluster: "try", Volume: "try-pv-volume", Sets: []string{"try"}, Names: []string{"try", "try-svc", "try-record", "data-try-0"}}

func object(name, owner string, labels map[string]string) metav1.ObjectMeta {
	o := metav1.ObjectMeta{Name: name, Namespace: "ns", Labels: labels}
	if owner != "" {
		o.Annotations = map[string]string{OwnerAnnotation: owner}
	}
	return o
}

func namespace(owner string) *corev1.Namespace {
	n := &corev1.Namespace{ObjectMeta: object("ns", owner, nil)}
	n.Namespace = ""
	return n
}

func set(owner, id string, replicas int32) *appsv1.StatefulSet {
	s := &appsv1.StatefulSet{ObjectMeta: object("try", owner, topology.Labels("try"))}
	s.Spec.Replicas = &replicas
	s.Spec.Template.Spec.Containers = []corev1.Container{{Env: []corev1.EnvVar{{Name: "KAFKA_CLUSTER_ID", Value: id}}}}
	return s
}

func service(owner string, labels map[string]string) *corev1.Service {
	return &corev1.Service{ObjectMeta: object("try-svc", owner, labels)}
}

func claim(name string, phase corev1.PersistentVolumeClaimPhase) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{ObjectMeta: object(name, "", topology.Labels("try")), Status: corev1.PersistentVolumeClaimStatus{Phase: phase}}
}

func look(t *testing.T, objects ...runtime.Object) Found {
	t.Helper()
	found, err := Look(t.Context(), fake.NewClientset(objects...), me, wanted)
	require.NoError(t, err)
	return found
}

func TestForeign(t *testing.T) {
	ours := topology.Labels("try")
	complete := Self{ClusterID: mine, Complete: true}
	for name, c := range map[string]struct {
		there []runtime.Object
		self  Self
		want  string // empty: well
	}{
		"nothing there":                          {nil, Self{}, ""},
		"its own":                                {[]runtime.Object{namespace(me), set(me, mine, 3), service(me, ours)}, Self{ClusterID: mine}, ""},
		"its own, by an earlier release":         {[]runtime.Object{namespace(""), set("", mine, 3), service("", ours)}, complete, ""},
		"its own, interrupted":                   {[]runtime.Object{namespace(""), set("", mine, 3), service("", ours)}, Self{ClusterID: mine}, ""},
		"its own, destroyed":                     {[]runtime.Object{namespace(me)}, Self{}, ""},
		"destroyed by an earlier release":        {[]runtime.Object{namespace(""), claim("data-try-0", corev1.ClaimBound)}, Self{Adopts: true, ClusterID: mine}, ""},
		"a copied stack file":                    {[]runtime.Object{namespace(other), set(other, their, 3), service(other, ours)}, Self{}, "statefulset/try runs Kafka cluster " + their},
		"a copied stack file with its id":        {[]runtime.Object{namespace(other), set(other, their, 3), service(other, ours)}, Self{Adopts: true, ClusterID: their}, "service/try-svc was made by stack " + other},
		"the same of an earlier release":         {[]runtime.Object{namespace(""), set("", their, 3), service("", ours)}, Self{Adopts: true, ClusterID: their}, "statefulset/try was not made by this stack"},
		"a stack of the same name elsewhere":     {[]runtime.Object{namespace(me), set(me, their, 3)}, Self{ClusterID: mine}, "runs Kafka cluster " + their + ", which is not this stack's"},
		"a stack of the same name, in a preview": {[]runtime.Object{namespace(me), set(me, their, 3)}, Self{}, "set kafka-kraft:clusterId " + their},
		"a namespace made by hand":               {[]runtime.Object{namespace("")}, Self{}, "kafka-kraft:createNamespace false"},
		"what another stack left":                {[]runtime.Object{namespace(other)}, Self{}, "namespace/ns was made by stack " + other},
		"a service made by hand":                 {[]runtime.Object{service("", nil)}, Self{}, "service/try-svc was not made by this stack"},
		"a service made by hand, on a live one":  {[]runtime.Object{namespace(me), set(me, mine, 3), service("", nil)}, complete, "service/try-svc was not made by this stack"},
		"claims of its StatefulSet, destroyed":   {[]runtime.Object{recordIn("ns", me), claim("data-try-0", corev1.ClaimBound)}, Self{}, ""},
		"claims beside another one's record":     {[]runtime.Object{recordIn("ns", other), claim("data-try-0", corev1.ClaimBound)}, Self{}, "persistentvolumeclaim/data-try-0 was not made by this stack"},
		"claims that say nothing of anybody":     {[]runtime.Object{claim("data-try-0", corev1.ClaimBound)}, Self{}, "persistentvolumeclaim/data-try-0 was not made by this stack"},
		"another one's shared volume": {[]runtime.Object{&corev1.PersistentVolume{ObjectMeta: metav1.ObjectMeta{Name: "try-pv-volume", Labels: ours, Annotations: map[string]string{OwnerAnnotation: other}}}},
			Self{}, "persistentvolume/try-pv-volume was made by stack " + other},
	} {
		t.Run(name, func(t *testing.T) {
			c.self.Owner, c.self.Context, c.self.Creates = me, "minikube", true
			err := look(t, c.there...).Foreign(c.self, wanted)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "nothing was changed")
			assert.ErrorContains(t, err, "kubectl --context minikube annotate --overwrite -n ns ")
			assert.ErrorContains(t, err, "kafka-kraft.io/stack="+me)
		})
	}
}

func TestForeignNamesAllAtOnce(t *testing.T) {
	err := look(t, namespace(other), set(other, their, 3), service(other, topology.Labels("try"))).
		Foreign(Self{Owner: me, Creates: true}, wanted)
	require.Error(t, err)
	for _, name := range []string{"namespace/ns", "statefulset/try", "service/try-svc"} {
		assert.Equal(t, 2, strings.Count(err.Error(), name), "%s: once with its owner, once in the command", name)
	}
}

func pod(name string, status corev1.ContainerStatus, phase corev1.PodPhase) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: object(name, "", topology.Labels("try")), Spec: corev1.PodSpec{NodeName: "n1"},
		Status: corev1.PodStatus{Phase: phase, ContainerStatuses: []corev1.ContainerStatus{status}},
	}
}

func TestHolding(t *testing.T) {
	yes := true
	running := corev1.ContainerStatus{Started: &yes, State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}}
	waiting := corev1.ContainerStatus{State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}}
	crashing := corev1.ContainerStatus{RestartCount: 3, State: waiting.State}
	found := look(t, set(me, mine, 6), pod("try-0", running, corev1.PodRunning), pod("try-1", crashing, corev1.PodRunning),
		pod("try-2", waiting, corev1.PodPending), claim("data-try-3", corev1.ClaimBound), claim("data-try-4", corev1.ClaimPending))
	assert.Equal(t, 4, found.Holding("try"), "the claim of try-3 is bound, try-4 never wrote")
	assert.True(t, found.Started())
	assert.Equal(t, mine, found.ClusterID())
	assert.Equal(t, []string{"n1"}, found.Used)

	found = look(t, set(me, mine, 6), pod("try-0", waiting, corev1.PodPending), pod("try-1", crashing, corev1.PodRunning))
	assert.False(t, found.Started(), "none was ever in service")
}

func recordIn(namespace, owner string) *corev1.ConfigMap {
	labels := topology.Labels("try")
	labels[RecordLabel] = "true"
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: RecordName("try"), Namespace: namespace, Labels: labels, Annotations: map[string]string{OwnerAnnotation: owner}},
		Data:       map[string]string{RecordFacts: "topology=combined", RecordClusterID: mine, RecordNode: "n1"},
	}
}

func TestRecords(t *testing.T) {
	live := set(me, their, 3)
	live.Namespace = "live"
	found := look(t, recordIn("ns", me), recordIn("gone", me), recordIn("theirs", other), recordIn("live", me), live)
	require.NotNil(t, found.Record)
	assert.Equal(t, Record{Namespace: "ns", Cluster: "try", Owner: me, Facts: "topology=combined", ClusterID: mine, Node: "n1"}, *found.Record)
	require.Len(t, found.Left, 1, "not another stack's, and not a cluster that runs")
	assert.Equal(t, "gone", found.Left[0].Namespace)
}

func TestRemovable(t *testing.T) {
	mesh := &corev1.ConfigMap{ObjectMeta: object("kube-root-ca.crt", "", nil)}
	account := &corev1.ServiceAccount{ObjectMeta: object("default", "", nil)}
	assert.NoError(t, look(t, namespace(me), mesh, account).Removable())
	assert.ErrorContains(t, look(t, namespace(me), claim("data-try-0", corev1.ClaimBound)).Removable(), "data-try-0")
	assert.ErrorContains(t, look(t, namespace(me), recordIn("ns", me)).Removable(), "record")
	web := &appsv1.Deployment{ObjectMeta: object("web", "", nil)}
	assert.ErrorContains(t, look(t, namespace(me), web).Removable(), "deployment/web")
}

// What Kubernetes says of claims, classes and templates decides what may become of a size.
func TestClaims(t *testing.T) {
	yes, name := true, "fast"
	grows := claim("data-try-0", corev1.ClaimBound)
	grows.Spec.StorageClassName = &name
	grows.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("20Gi")}
	grows.Status.Capacity = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10Gi")}
	grows.Status.AllocatedResourceStatuses = map[corev1.ResourceName]corev1.ClaimResourceStatus{
		corev1.ResourceStorage: corev1.PersistentVolumeClaimControllerResizeInfeasible,
	}
	stateful := set(me, mine, 3)
	template := claim("data", "")
	template.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("10240Mi")}
	stateful.Spec.VolumeClaimTemplates = []corev1.PersistentVolumeClaim{*template}
	found := look(t, stateful, grows, claim("data-try-1", corev1.ClaimPending),
		&storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "fast"}, AllowVolumeExpansion: &yes},
		&storagev1.StorageClass{ObjectMeta: metav1.ObjectMeta{Name: "slow"}})
	assert.Equal(t, map[string]Claim{
		"data-try-0": {Bound: true, Class: "fast", Requested: resource.MustParse("20Gi"), Capacity: resource.MustParse("10Gi"), Infeasible: true},
		"data-try-1": {},
	}, found.Claims)
	assert.Equal(t, []string{"data-try-0"}, found.Bound())
	assert.Equal(t, map[string]bool{"fast": true, "slow": false}, found.Classes)
	assert.Equal(t, map[string]string{"data": "10Gi"}, found.Sets["try"].Templates)
}

// A Secret of a name that a user's shall have is looked at alone, and one that somebody else has
// made is not written over.
func TestSecrets(t *testing.T) {
	secret := func(name, owner string) *corev1.Secret {
		return &corev1.Secret{ObjectMeta: object(name, owner, nil)}
	}
	client := fake.NewClientset(secret("try-user-a", ""), secret("try-user-b", me), secret("try-user-c", other), secret("unasked", other))
	asks := wanted
	asks.Secrets = []string{"try-user-a", "try-user-b", "try-user-c", "try-user-d"}
	found, err := Look(t.Context(), client, me, asks)
	require.NoError(t, err)
	err = found.Foreign(Self{Owner: me, Complete: true}, asks)
	require.ErrorContains(t, err, "secret/try-user-a was not made by this stack")
	require.ErrorContains(t, err, "secret/try-user-c was made by stack "+other)
	for _, name := range []string{"try-user-b", "try-user-d", "unasked"} {
		assert.NotContains(t, err.Error(), name)
	}
	for _, action := range client.Actions() {
		assert.False(t, action.GetResource().Resource == "secrets" && action.GetVerb() == "list", "others' Secrets are nobody's business")
	}
}
