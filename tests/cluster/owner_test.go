package cluster

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// owners are two stacks that want to be at the same place. The first one is stopped, so
// that it costs no pod: what is at stake are its objects.
type owners struct {
	*kit.Kafka
	second *kit.Workspace
	set    workload
}

// workload is what identifies the first stack's workload.
type workload struct{ uid, id string }

// TestOwners walks through whose objects are whose.
func TestOwners(t *testing.T) {
	stopped := kit.Config{"stopped": "true", "storage.node": volumeNode}
	w := &owners{Kafka: kit.NewKafka(t, "owners", "dev", stopped)}
	w.second = kit.NewWorkspace(t, w.Namespace+"-copy", "dev", kit.Place(w.Namespace))
	w.second.Set(t, kit.Config{"stopped": "true", "image": kit.Image(t), "imageContext": "", "imageRegistry": ""})
	for _, step := range []struct {
		name string
		run  func(*owners, *testing.T)
	}{
		{"a namespace that was there before", (*owners).strangersNamespace},
		{"every object says who made it", (*owners).marked},
		{"a copied stack file", (*owners).copied},
		{"a context by another name", (*owners).renamed},
		{"destroyed, with something of others in the namespace", (*owners).destroyedBesideOthers},
		{"what was left, taken over on purpose", (*owners).takenOver},
	} {
		if !t.Run(step.name, func(t *testing.T) { step.run(w, t) }) {
			t.Fatalf("the walk ends here: %s", step.name)
		}
	}
}

// strangersNamespace: somebody made it, and what runs in it may not bear our rules.
func (w *owners) strangersNamespace(t *testing.T) {
	namespaces := w.Cluster.Kube.CoreV1().Namespaces()
	_, err := namespaces.Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: w.Namespace}}, metav1.CreateOptions{})
	require.NoError(t, err)
	service := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "kafka-svc"}, Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 80}}}}
	_, err = w.Cluster.Kube.CoreV1().Services(w.Namespace).Create(t.Context(), service, metav1.CreateOptions{})
	require.NoError(t, err)

	_, err = w.TryUp(t)
	require.ErrorContains(t, err, "namespace/"+w.Namespace+" was there before this stack")
	require.ErrorContains(t, err, "service/kafka-svc was not made by this stack")
	found, err := namespaces.Get(t.Context(), w.Namespace, metav1.GetOptions{})
	require.NoError(t, err)
	assert.NotContains(t, found.Labels, "pod-security.kubernetes.io/enforce", "nothing was changed")

	require.NoError(t, w.Cluster.Kube.CoreV1().Services(w.Namespace).Delete(t.Context(), "kafka-svc", metav1.DeleteOptions{}))
	w.Set(t, kit.Config{"createNamespace": "false"})
	_, err = w.Steps(t)
	require.NoError(t, err, "as it is, it may be used")
	w.Set(t, kit.Config{"createNamespace": ""})
	_, err = w.TryUp(t)
	require.ErrorContains(t, err, "kafka-kraft:createNamespace false")
	w.kubectl(t, commandOf(t, err)...)
}

// commandOf is the command that a refusal gives to take things over on purpose.
func commandOf(t *testing.T, err error) []string {
	t.Helper()
	_, rest, found := strings.Cut(err.Error(), "kubectl ")
	require.True(t, found, "%v", err)
	line, _, _ := strings.Cut(rest, "\n")
	return strings.Fields(line)
}

func (w *owners) kubectl(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "kubectl", args...).CombinedOutput()
	require.NoError(t, err, "kubectl %v: %s", args, out)
}

func (w *owners) marked(t *testing.T) {
	outputs := w.MustUp(t)
	set, err := w.Cluster.Kube.AppsV1().StatefulSets(w.Namespace).Get(t.Context(), "kafka", metav1.GetOptions{})
	require.NoError(t, err)
	w.set = workload{uid: string(set.UID), id: kit.Text(t, outputs, "clusterId")}
	assert.Equal(t, "organization/kafka-kraft/"+w.Namespace, set.Annotations[survey.OwnerAnnotation])
	record, err := w.Cluster.Kube.CoreV1().ConfigMaps(w.Namespace).Get(t.Context(), survey.RecordName("kafka"), metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, w.set.id, record.Data[survey.RecordClusterID])
	assert.Equal(t, volumeNode, record.Data[survey.RecordNode])
	w.MustChangeNothing(t)
}

// copied: a second stack from the first one's file is refused, and its destroy is none of
// the first one's business.
func (w *owners) copied(t *testing.T) {
	for _, id := range []string{"", w.set.id} {
		w.second.Set(t, kit.Config{"clusterId": id})
		_, err := w.second.Steps(t)
		require.ErrorContains(t, err, "was made by stack organization/kafka-kraft/"+w.Namespace, "in the preview")
		_, err = w.second.TryUp(t)
		require.ErrorContains(t, err, "nothing was changed")
		for _, object := range []string{"namespace/" + w.Namespace, "service/kafka-svc", "persistentvolume/" + w.Namespace, "persistentvolumeclaim/kafka-pv-claim"} {
			assert.ErrorContains(t, err, object)
		}
		if id == "" {
			assert.ErrorContains(t, err, "statefulset/kafka runs Kafka cluster "+w.set.id)
		}
		w.second.MustDestroy(t)
	}
	w.second.Set(t, kit.Config{"clusterId": ""})
	set, err := w.Cluster.Kube.AppsV1().StatefulSets(w.Namespace).Get(t.Context(), "kafka", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Equal(t, w.set.uid, string(set.UID))
	claim, err := w.Cluster.Kube.CoreV1().PersistentVolumeClaims(w.Namespace).Get(t.Context(), "kafka-pv-claim", metav1.GetOptions{})
	require.NoError(t, err)
	assert.Nil(t, claim.DeletionTimestamp, "the claim of a live cluster")
	w.MustChangeNothing(t)
}

// renamed: a context is only a name for the cluster.
func (w *owners) renamed(t *testing.T) {
	loaded, err := clientcmd.LoadFromFile(os.Getenv("KUBECONFIG"))
	require.NoError(t, err)
	loaded.Contexts["renamed"] = loaded.Contexts[kit.Context]
	delete(loaded.Contexts, kit.Context)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(*loaded, file))
	t.Setenv("KUBECONFIG", file)
	loaded.Contexts[kit.Context] = loaded.Contexts["renamed"]
	w.Set(t, kit.Config{"context": "renamed"})
	w.MustUp(t)
	require.NoError(t, clientcmd.WriteToFile(*loaded, file))
	w.Set(t, kit.Config{"context": kit.Context})
	w.MustUp(t)
}

func (w *owners) destroyedBesideOthers(t *testing.T) {
	theirs := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "theirs"}}
	_, err := w.Cluster.Kube.CoreV1().ConfigMaps(w.Namespace).Create(t.Context(), theirs, metav1.CreateOptions{})
	require.NoError(t, err)
	w.MustDestroy(t)
	_, err = w.Cluster.Kube.CoreV1().ConfigMaps(w.Namespace).Get(t.Context(), "theirs", metav1.GetOptions{})
	require.NoError(t, err, "a destroy removes what its own stack made and nothing else")
	_, err = w.Cluster.Kube.AppsV1().StatefulSets(w.Namespace).Get(t.Context(), "kafka", metav1.GetOptions{})
	assert.True(t, apierrors.IsNotFound(err), "%v", err)
}

// takenOver: the records of a destroyed stack are another one's for the asking only.
func (w *owners) takenOver(t *testing.T) {
	_, err := w.second.TryUp(t)
	require.ErrorContains(t, err, "was made by stack organization/kafka-kraft/"+w.Namespace)
	w.kubectl(t, commandOf(t, err)...)
	outputs := w.second.MustUp(t)
	assert.Equal(t, w.set.id, kit.Text(t, outputs, "clusterId"), "the id of the records")
	w.second.MustDestroy(t)
}
