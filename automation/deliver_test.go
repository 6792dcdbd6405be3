package automation

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

const profiles = `apiVersion: v1
kind: Config
contexts:
- name: work
  context:
    cluster: work
    extensions:
    - name: context_info
      extension: {provider: minikube.sigs.k8s.io, version: v1.37.0}
- name: prod
  context: {cluster: prod}
`

func TestLoaderOf(t *testing.T) {
	t.Parallel()
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, []byte(profiles), 0o600))
	for context, want := range map[string]*loader{
		"minikube":          {"minikube", "minikube"},
		"work":              {"minikube", "work"}, // a profile of another name
		"kind-dev":          {"kind", "dev"},
		"k3d-a-b":           {"k3d", "a-b"},
		"prod":              nil,
		"kind-":             nil,
		"kafka-kraft-local": nil,
	} {
		assert.Equal(t, want, loaderOf(kubeconfig, context), context)
	}
}

// Each tool is called as its manual says, by stand-ins that write down how.
func TestLoad(t *testing.T) {
	bin := t.TempDir()
	stand := func(tool, script string) {
		require.NoError(t, os.WriteFile(filepath.Join(bin, tool), []byte("#!/bin/sh\n"+script), 0o700))
	}
	for _, tool := range []string{"minikube", "kind", "k3d"} {
		stand(tool, `echo "$(basename "$0") $*" >> "`+bin+`/ran"`)
	}
	stack := func(context string) *Stack {
		return &Stack{options: Options{Env: map[string]string{"PATH": bin}}, config: config.Config{Context: context}, env: map[string]string{"PATH": os.Getenv("PATH")}}
	}
	for _, context := range []string{"minikube", "kind-dev", "k3d-dev"} {
		s := stack(context)
		require.NoError(t, s.load(t.Context(), loaderOf(os.DevNull, context), "kafka-kraft/kafka:1"))
	}
	ran, err := os.ReadFile(filepath.Join(bin, "ran"))
	require.NoError(t, err)
	assert.Equal(t, `minikube image load kafka-kraft/kafka:1 -p minikube
kind load docker-image kafka-kraft/kafka:1 --name dev
k3d image import kafka-kraft/kafka:1 -c dev
`, string(ran))

	stand("kind", "echo no nodes found >&2; exit 1")
	s := stack("kind-dev")
	err = s.load(t.Context(), loaderOf("", "kind-dev"), "kafka-kraft/kafka:1")
	require.ErrorContains(t, err, "no nodes found")
	failure := s.fail("up", ErrEngine, nil, "")
	failure.classify([]Diagnostic{{Message: err.Error()}})
	assert.Equal(t, ErrImage, failure.Kind)

	require.NoError(t, os.Remove(filepath.Join(bin, "k3d")))
	err = stack("k3d-dev").load(t.Context(), loaderOf("", "k3d-dev"), "kafka-kraft/kafka:1")
	require.ErrorContains(t, err, "imageRegistry")
}

// With `minikube docker-env` the image is built where it is needed.
func TestNothingToDeliver(t *testing.T) {
	t.Setenv("MINIKUBE_ACTIVE_DOCKERD", "minikube")
	s := &Stack{options: Options{Kubeconfig: os.DevNull}, config: config.Config{Context: "minikube"}}
	assert.Nil(t, s.deliverer())
	t.Setenv("MINIKUBE_ACTIVE_DOCKERD", "other")
	assert.NotNil(t, s.deliverer())
	s.config.Context = "prod"
	assert.Nil(t, s.deliverer())
}

func TestOnAllNodes(t *testing.T) {
	t.Parallel()
	node := func(name string, images ...string) *corev1.Node {
		return &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: name}, Status: corev1.NodeStatus{Images: []corev1.ContainerImage{{Names: images}}}}
	}
	const image = "kafka-kraft/kafka:1"
	assert.True(t, onAllNodes(t.Context(), fake.NewClientset(node("a", "docker.io/"+image), node("b", image)), image))
	assert.False(t, onAllNodes(t.Context(), fake.NewClientset(node("a", image), node("b", "kafka-kraft/kafka:2")), image))
	assert.False(t, onAllNodes(t.Context(), fake.NewClientset(), image))
}

// The whole way, from the context in a kubeconfig to the tool: a node without the image
// makes the tool run, one with it does not.
func TestDeliver(t *testing.T) {
	const image = "kafka-kraft/kafka:1"
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "kind-control-plane"}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "/api/v1/nodes", r.URL.Path)
		w.Header().Set("Content-Type", "application/json")
		assert.NoError(t, json.NewEncoder(w).Encode(corev1.NodeList{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "NodeList"}, Items: []corev1.Node{*node},
		}))
	}))
	defer server.Close()
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o700)) //nolint:gosec // one of them is a program
		return path
	}
	kubeconfig := write("kubeconfig", `apiVersion: v1
kind: Config
clusters: [{name: a, cluster: {server: "`+server.URL+`"}}]
users: [{name: a, user: {token: x}}]
contexts: [{name: kind-a, context: {cluster: a, user: a}}]
`)
	ran := filepath.Join(folder, "ran")
	write("kind", "#!/bin/sh\necho \"$*\" >> "+ran+"\n")
	s := &Stack{
		options: Options{Kubeconfig: kubeconfig, Env: map[string]string{"PATH": folder + string(os.PathListSeparator) + os.Getenv("PATH")}},
		config:  config.Config{Context: "kind-a"},
	}
	require.NoError(t, s.deliverer()(t.Context(), image))
	text, err := os.ReadFile(ran)
	require.NoError(t, err)
	assert.Equal(t, "load docker-image "+image+" --name a\n", string(text))

	node.Status.Images = []corev1.ContainerImage{{Names: []string{"docker.io/" + image}}}
	require.NoError(t, os.Remove(ran))
	require.NoError(t, s.deliverer()(t.Context(), image))
	assert.NoFileExists(t, ran)
}
