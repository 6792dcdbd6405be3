package automation

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// dropNamespace deletes the namespace of a stack that was destroyed, if the stack made it
// and nothing is left in it that anybody could miss; else it says what. Pulumi itself
// leaves it, since Kubernetes would delete all that it holds with it.
func (s *Stack) dropNamespace(ctx context.Context, doing string) error {
	if !s.config.CreateNamespace {
		return nil
	}
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return err
	}
	found, err := survey.Look(ctx, client, "", stacks.Wanted(s.config))
	if err != nil {
		return s.fail(doing, ErrUnreachable, err, adviceUnreachable)
	}
	// The full name begins with the organization, which a name need not say.
	full := "/" + s.project + "/" + s.name[strings.LastIndex(s.name, "/")+1:]
	if found.Namespace == nil || !strings.HasSuffix(found.Namespace.Owner, full) {
		return nil
	}
	if why := found.Removable(); why != nil {
		s.say(Note, doing, fmt.Sprintf("namespace %s stays: %v", s.config.KubeNamespace, why))
		return nil
	}
	return s.deleteNamespace(ctx, client, doing)
}

// deleteNamespace returns when the namespace is gone: in one that is on its way out, the
// next up could make nothing.
func (s *Stack) deleteNamespace(ctx context.Context, client kubernetes.Interface, doing string) error {
	const patience, pause = 2 * time.Minute, time.Second
	bounded, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name := s.config.KubeNamespace
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
