package automation

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/discovery"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/metadata"
	"k8s.io/client-go/rest"

	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// dropNamespace deletes the namespace of a stack that was destroyed, if the stack made it
// and nothing is left in it that anybody could miss; else it says what. Pulumi itself
// leaves it, since Kubernetes would delete all that it holds with it.
func (s *Stack) dropNamespace(ctx context.Context, doing string) error {
	if !s.Config().CreateNamespace {
		return nil
	}
	client, connection, err := s.kubernetes(doing)
	if err != nil {
		return err
	}
	found, err := survey.Look(ctx, client, "", stacks.Wanted(s.Config()))
	if err != nil {
		return s.fail(doing, ErrUnreachable, err, adviceUnreachable)
	}
	// The full name begins with the organization, which a name need not say.
	full := "/" + s.project + "/" + s.name[strings.LastIndex(s.name, "/")+1:]
	if found.Namespace == nil || !strings.HasSuffix(found.Namespace.Owner, full) {
		return nil
	}
	if why := found.Removable(); why != nil {
		s.say(Note, doing, fmt.Sprintf("namespace %s stays: %v", s.Config().KubeNamespace, why))
		return nil
	}
	// Every kind of object is asked for, one after the other.
	quick := rest.CopyConfig(connection)
	quick.QPS, quick.Burst = 50, 100
	metadata, err := metadata.NewForConfig(quick)
	if err != nil {
		return s.fail(doing, ErrConfig, err, "")
	}
	left, err := settled(ctx, func(ctx context.Context) ([]string, error) {
		return inhabitants(ctx, client.Discovery(), metadata, s.Config().KubeNamespace)
	})
	if err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return canceled
		}
		return s.fail(doing, ErrUnreachable, fmt.Errorf("namespace %s: %w", s.Config().KubeNamespace, err), adviceUnreachable)
	}
	if len(left) > 0 {
		s.say(Note, doing, fmt.Sprintf("namespace %s stays, since it holds %s", s.Config().KubeNamespace, strings.Join(left, ", ")))
		return nil
	}
	return s.deleteNamespace(ctx, client, doing)
}

// leaveTime is how long what follows the stack's objects by itself, such as the endpoints
// of services, may take to be gone.
var leaveTime = 30 * time.Second

// settled asks what is left until that is nothing or leaveTime is over.
func settled(ctx context.Context, ask func(context.Context) ([]string, error)) ([]string, error) {
	left, err := ask(ctx)
	for end := time.Now().Add(leaveTime); err == nil && len(left) > 0 && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Second):
		}
		left, err = ask(ctx)
	}
	return left, err
}

// inhabitants are all objects in a namespace, of whatever kind, without those that every
// namespace has: with the namespace they would go, too. What may not be listed is left out.
func inhabitants(ctx context.Context, kinds discovery.DiscoveryInterface, client metadata.Interface, namespace string) ([]string, error) {
	lists, err := discovery.ServerPreferredNamespacedResources(kinds)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, list := range discovery.FilteredBy(discovery.SupportsAllVerbs{Verbs: []string{"list", "delete"}}, lists) {
		version, err := schema.ParseGroupVersion(list.GroupVersion)
		if err != nil {
			return nil, err
		}
		for _, kind := range list.APIResources {
			if kind.Name == "events" {
				continue
			}
			objects, err := client.Resource(version.WithResource(kind.Name)).Namespace(namespace).List(ctx, metav1.ListOptions{})
			switch {
			case apierrors.IsForbidden(err), apierrors.IsNotFound(err), apierrors.IsMethodNotSupported(err):
				continue
			case err != nil:
				return nil, err
			}
			for i := range objects.Items {
				name := strings.ToLower(kind.Kind) + "/" + objects.Items[i].Name
				if name != "configmap/kube-root-ca.crt" && name != "serviceaccount/default" {
					found = append(found, name)
				}
			}
		}
	}
	return found, nil
}

// deleteNamespace returns when the namespace is gone: in one that is on its way out, the
// next up could make nothing.
func (s *Stack) deleteNamespace(ctx context.Context, client kubernetes.Interface, doing string) error {
	const patience, pause = 2 * time.Minute, time.Second
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name := s.Config().KubeNamespace
	for {
		err := client.CoreV1().Namespaces().Delete(bounded, name, metav1.DeleteOptions{})
		switch {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil && !apierrors.IsConflict(err): // conflict: it is being deleted
			if canceled := s.canceled(ctx, doing); canceled != nil {
				return canceled
			}
			return s.fail(doing, ErrTimeout, fmt.Errorf("namespace %s: %w", name, err), "")
		}
		select {
		case <-bounded.Done():
		case <-time.After(pause):
		}
	}
}
