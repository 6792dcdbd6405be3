package automation

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
)

// loader is how a cluster on the docker engine's machine is given an image without a
// registry: by the tool that made the cluster.
type loader struct {
	tool    string
	cluster string // as the tool names it
}

// loaderOf knows a cluster's tool by its context; nil if it is none of the three.
func loaderOf(kubeconfig, context string) *loader {
	if name, ok := strings.CutPrefix(context, "kind-"); ok && name != "" {
		return &loader{"kind", name}
	}
	if name, ok := strings.CutPrefix(context, "k3d-"); ok && name != "" {
		return &loader{"k3d", name}
	}
	// Minikube's contexts are called as its profiles are, and so anything.
	if context == "minikube" || madeByMinikube(kubeconfig, context) {
		return &loader{"minikube", context}
	}
	return nil
}

// madeByMinikube reads what Minikube notes beside its contexts in a kubeconfig.
func madeByMinikube(kubeconfig, context string) bool {
	config, err := kubecontext.Load(kubeconfig)
	if err != nil || config.Contexts[context] == nil {
		return false
	}
	note, ok := config.Contexts[context].Extensions["context_info"].(*runtime.Unknown)
	if !ok {
		return false
	}
	var info struct {
		Provider string `json:"provider"`
	}
	return json.Unmarshal(note.Raw, &info) == nil && info.Provider == "minikube.sigs.k8s.io"
}

func (l *loader) args(image string) []string {
	switch l.tool {
	case "kind":
		return []string{"load", "docker-image", image, "--name", l.cluster}
	case "k3d":
		return []string{"image", "import", image, "-c", l.cluster}
	}
	return []string{"image", "load", image, "-p", l.cluster}
}

// deliverer brings a built image to the cluster's nodes; nil if nothing is to be done: the
// tool is not known, or the docker engine is Minikube's own (`minikube docker-env`).
func (s *Stack) deliverer() func(ctx context.Context, image string) error {
	l := loaderOf(s.options.kubeconfig(), s.Config().Context)
	if l == nil {
		return nil
	}
	if active, _ := s.options.lookup("MINIKUBE_ACTIVE_DOCKERD"); l.tool == "minikube" && active == l.cluster {
		return nil
	}
	return func(ctx context.Context, image string) error {
		client, _, err := s.kubernetes("up")
		if err != nil {
			return err
		}
		if onAllNodes(ctx, client, image) {
			return nil
		}
		return s.load(ctx, l, image)
	}
}

// load runs the tool, with the stack's environment.
func (s *Stack) load(ctx context.Context, l *loader, image string) error {
	search, _ := s.options.lookup("PATH")
	path, err := find(l.tool, "", search)
	if err != nil {
		return fmt.Errorf("%s %s: context %q is a cluster of %s, which is not in PATH; set imageRegistry to a registry that the cluster pulls from, or install it",
			delivering, image, s.Config().Context, l.tool)
	}
	s.say(Note, "up", "loading the image: "+strings.Join(append([]string{l.tool}, l.args(image)...), " "))
	run := exec.CommandContext(ctx, path, l.args(image)...)
	run.Env = os.Environ()
	for name, value := range s.env {
		run.Env = append(run.Env, name+"="+value)
	}
	ownGroup(run)
	if out, err := run.CombinedOutput(); err != nil {
		return fmt.Errorf("%s %s: %s: %w: %s", delivering, image, filepath.Base(path), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// delivering begins what a failed delivery says; see signs.
const delivering = "bringing the image to the cluster's nodes"

// onAllNodes reports whether every node is known to have the image. Its tag is made from
// its content, so a node that has it needs no other. Kubernetes names only some of a
// node's images; one that it does not name is loaded once more, which does no harm.
func onAllNodes(ctx context.Context, client kubernetes.Interface, image string) bool {
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil || len(nodes.Items) == 0 {
		return false
	}
	return !slices.ContainsFunc(nodes.Items, func(n corev1.Node) bool { return !hasImage(n, image) })
}

func hasImage(node corev1.Node, image string) bool {
	for _, known := range node.Status.Images {
		if slices.Contains(known.Names, image) || slices.Contains(known.Names, "docker.io/"+image) {
			return true
		}
	}
	return false
}
