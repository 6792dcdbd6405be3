package automation

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	metadatafake "k8s.io/client-go/metadata/fake"
	kubetesting "k8s.io/client-go/testing"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Only the stack's own claims and what is remembered of them go.
func TestForget(t *testing.T) {
	t.Parallel()
	s := &Stack{config: config.Default()}
	s.config.ClusterName, s.config.KubeNamespace = "ci", "n"
	meta := func(name, cluster string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Namespace: "n", Labels: topology.Labels(cluster)}
	}
	client := fake.NewClientset(
		&corev1.PersistentVolumeClaim{ObjectMeta: meta("data-ci-0", "ci")}, &corev1.PersistentVolumeClaim{ObjectMeta: meta("data-other-0", "other")},
		&corev1.ConfigMap{ObjectMeta: meta("ci-record", "ci")}, &corev1.ConfigMap{ObjectMeta: meta("other-record", "other")},
	)
	require.NoError(t, s.forget(t.Context(), client))
	require.NoError(t, s.forget(t.Context(), client), "a second time there is nothing to do")
	maps, err := client.CoreV1().ConfigMaps("n").List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, maps.Items, 1)
	assert.Equal(t, "other-record", maps.Items[0].Name)
	claims, err := client.CoreV1().PersistentVolumeClaims("n").List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Len(t, claims.Items, 1)
	assert.Equal(t, "data-other-0", claims.Items[0].Name)
}

// A claim stays for as long as its pod is known, and then the namespace is not empty: it is waited for.
func TestForgetWaits(t *testing.T) {
	t.Parallel()
	s := &Stack{config: config.Default()}
	s.config.ClusterName, s.config.KubeNamespace = "ci", "n"
	claim := &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "data-ci-0", Namespace: "n", Labels: topology.Labels("ci")}}
	client := fake.NewClientset(claim)
	looks := 0
	client.PrependReactor("delete", "persistentvolumeclaims", func(kubetesting.Action) (bool, runtime.Object, error) { return true, nil, nil })
	client.PrependReactor("list", "persistentvolumeclaims", func(kubetesting.Action) (bool, runtime.Object, error) {
		if looks++; looks <= 3 {
			return true, &corev1.PersistentVolumeClaimList{Items: []corev1.PersistentVolumeClaim{*claim}}, nil
		}
		return true, &corev1.PersistentVolumeClaimList{}, nil
	})
	require.NoError(t, s.forget(t.Context(), client))
	assert.Equal(t, 4, looks, "one to find it, two while it goes, one to see that it is gone")
}

// A namespace is judged by all that it holds, whatever its kind.
func TestInhabitants(t *testing.T) {
	t.Parallel()
	kinds := fake.NewClientset()
	verbs := metav1.Verbs{"list", "delete"}
	kinds.Resources = []*metav1.APIResourceList{
		{GroupVersion: "v1", APIResources: []metav1.APIResource{
			{Name: "configmaps", Kind: "ConfigMap", Namespaced: true, Verbs: verbs},
			{Name: "serviceaccounts", Kind: "ServiceAccount", Namespaced: true, Verbs: verbs},
			{Name: "events", Kind: "Event", Namespaced: true, Verbs: verbs},
			{Name: "nodes", Kind: "Node", Verbs: verbs},
			{Name: "bindings", Kind: "Binding", Namespaced: true, Verbs: metav1.Verbs{"create"}},
		}},
		{GroupVersion: "example.org/v1", APIResources: []metav1.APIResource{{Name: "widgets", Kind: "Widget", Namespaced: true, Verbs: verbs}}},
	}
	object := func(version, kind, name string) *metav1.PartialObjectMetadata {
		return &metav1.PartialObjectMetadata{
			TypeMeta: metav1.TypeMeta{APIVersion: version, Kind: kind}, ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "n"},
		}
	}
	scheme := metadatafake.NewTestScheme()
	require.NoError(t, metav1.AddMetaToScheme(scheme))
	client := metadatafake.NewSimpleMetadataClient(scheme,
		object("v1", "ConfigMap", "kube-root-ca.crt"), object("v1", "ServiceAccount", "default"),
		object("v1", "Event", "e"), object("example.org/v1", "Widget", "theirs"))
	found, err := inhabitants(t.Context(), kinds.Discovery(), client, "n")
	require.NoError(t, err)
	assert.Equal(t, []string{"widget/theirs"}, found)
}

// What follows the stack's objects by itself is given a moment.
func TestSettled(t *testing.T) {
	before := leaveTime
	t.Cleanup(func() { leaveTime = before })
	leaveTime = 5 * time.Second
	left, err := settled(t.Context(), sequence([]string{"endpoints/x"}, nil))
	require.NoError(t, err)
	assert.Empty(t, left)
	leaveTime = 0
	left, err = settled(t.Context(), sequence([]string{"secret/theirs"}))
	require.NoError(t, err)
	assert.Equal(t, []string{"secret/theirs"}, left)
}

// sequence answers with one after the other.
func sequence(answers ...[]string) func(context.Context) ([]string, error) {
	return func(context.Context) ([]string, error) {
		answer := answers[0]
		answers = answers[1:]
		return answer, nil
	}
}
