package automation

import (
	"context"
	"fmt"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	err = client.CoreV1().Namespaces().Delete(ctx, s.config.KubeNamespace, metav1.DeleteOptions{})
	if err != nil && !apierrors.IsNotFound(err) {
		return s.fail(doing, ErrEngine, fmt.Errorf("namespace %s: %w", s.config.KubeNamespace, err), "")
	}
	return nil
}
