// Package fakekube is a Kubernetes API server of one StatefulSet, for tests of what
// connects to Kubernetes by a kubeconfig.
package fakekube

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"
)

// Set is what the StatefulSet is called.
const Set = "kafka"

// Server answers for the StatefulSet, in whatever namespace it is asked for. It has no other objects, so no pod says why it is
// not ready.
type Server struct {
	http *httptest.Server

	mutex sync.Mutex
	set   *appsv1.StatefulSet
	asked map[string]int // by namespace
}

// New starts the server, whose StatefulSet has one pod, which is not ready.
func New(t *testing.T) *Server {
	t.Helper()
	s := &Server{asked: map[string]int{}}
	s.Ready(0)
	s.http = httptest.NewServer(http.HandlerFunc(s.answer))
	t.Cleanup(s.http.Close)
	return s
}

// Ready makes so many of the one pod ready.
func (s *Server) Ready(pods int32) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	one := int32(1)
	s.set = &appsv1.StatefulSet{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "StatefulSet"},
		ObjectMeta: metav1.ObjectMeta{Name: Set, Generation: 1, UID: "1"},
		Spec:       appsv1.StatefulSetSpec{Replicas: &one, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"app": Set}}},
		Status: appsv1.StatefulSetStatus{
			ObservedGeneration: 1, Replicas: 1, ReadyReplicas: pods, UpdatedReplicas: 1, CurrentRevision: "a", UpdateRevision: "a",
		},
	}
}

// Asked is how often the StatefulSet of a namespace has been asked for.
func (s *Server) Asked(namespace string) int {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.asked[namespace]
}

// Kubeconfig writes a kubeconfig with a context of this name to a file.
func (s *Server) Kubeconfig(t *testing.T, context string) string {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config",
		"clusters": []any{map[string]any{"name": context, "cluster": map[string]any{"server": s.http.URL}}},
		"users":    []any{map[string]any{"name": "nobody", "user": map[string]any{}}},
		"contexts": []any{map[string]any{"name": context, "context": map[string]any{"cluster": context, "user": "nobody"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	w.Header().Set("Content-Type", "application/json")
	var object any
	switch parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/"); parts[len(parts)-1] {
	case Set:
		s.asked[parts[len(parts)-3]]++ // …/namespaces/NAMESPACE/statefulsets/NAME
		object = s.set
	case "pods", "events", "persistentvolumeclaims":
		object = map[string]any{"apiVersion": "v1", "kind": "List", "items": []any{}}
	default:
		w.WriteHeader(http.StatusNotFound)
		object = metav1.Status{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}, Status: metav1.StatusFailure,
			Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound,
		}
	}
	_ = json.NewEncoder(w).Encode(object) // whoever asked may be gone
}
