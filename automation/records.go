package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Records is where a stack's records are, whether it is up or was destroyed.
type Records struct {
	// HostPath is the directory of the node that has the shared volume; "" with a claim for
	// every pod.
	HostPath string
	// Namespace holds the claims, and the record of what they are bound to.
	Namespace string
	// Claims are the names of the cluster's claims.
	Claims []string
}

// String says it in a few words.
func (r Records) String() string {
	switch {
	case r.HostPath != "":
		return r.HostPath + " on the volume's node"
	case len(r.Claims) == 0:
		return "in namespace " + r.Namespace
	}
	return fmt.Sprintf("claims %s in namespace %s", strings.Join(r.Claims, ", "), r.Namespace)
}

// Records tells where the stack's records are.
func (s *Stack) Records(ctx context.Context) (Records, error) {
	const doing = "records"
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return Records{}, err
	}
	r := Records{Namespace: s.Config().KubeNamespace}
	if s.Config().Storage.Mode == config.Shared {
		r.HostPath = s.Config().Storage.HostPath
		return r, nil
	}
	claims, err := s.claims(ctx, client)
	if err != nil {
		return r, s.fail(doing, ErrUnreachable, err, adviceUnreachable)
	}
	for _, claim := range claims {
		r.Claims = append(r.Claims, claim.Name)
	}
	slices.Sort(r.Claims)
	return r, nil
}

// DeleteRecords deletes what a destroyed stack has left in its Kubernetes cluster: claims,
// what is remembered of them, and the namespace, if the stack made it and nobody has
// anything else in it. A stack that is not empty is refused. The directory of a shared
// volume is the node's: it stays.
func (s *Stack) DeleteRecords(ctx context.Context) error {
	const doing = "delete records"
	state, err := s.export(ctx, doing)
	if err != nil {
		return err
	}
	if len(state.Resources) > 0 {
		return s.fail(doing, ErrConfig, errors.New("the stack is not empty"), "Destroy it first.")
	}
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return err
	}
	if err := s.forget(ctx, client); err != nil {
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return canceled
		}
		return s.fail(doing, ErrUnreachable, err, adviceUnreachable)
	}
	return s.dropNamespace(ctx, doing)
}

// forget deletes claims and what is remembered of them. Claims go first: the record is
// what makes sense of those that are left.
func (s *Stack) forget(ctx context.Context, client kubernetes.Interface) error {
	core, namespace := client.CoreV1(), s.Config().KubeNamespace
	claims, err := s.claims(ctx, client)
	if err != nil {
		return err
	}
	for _, claim := range claims {
		if err := core.PersistentVolumeClaims(namespace).Delete(ctx, claim.Name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("claim %s/%s: %w", namespace, claim.Name, err)
		}
	}
	if err := s.claimsGone(ctx, client); err != nil {
		return err
	}
	plan := s.Config().Plan()
	for _, name := range []string{survey.RecordName(plan.Name), plan.Life()} {
		if err := core.ConfigMaps(namespace).Delete(ctx, name, metav1.DeleteOptions{}); err != nil && !apierrors.IsNotFound(err) {
			return fmt.Errorf("ConfigMap %s/%s: %w", namespace, name, err)
		}
	}
	return nil
}

// claimsGone waits until Kubernetes has deleted the claims, which it does when it knows that
// their pods are gone. Until then the namespace is not empty.
func (s *Stack) claimsGone(ctx context.Context, client kubernetes.Interface) error {
	bounded, cancel := context.WithTimeout(ctx, goneTime)
	defer cancel()
	for {
		left, err := s.claims(bounded, client)
		if err != nil || len(left) == 0 {
			return err
		}
		select {
		case <-time.After(500 * time.Millisecond):
		case <-bounded.Done():
			return fmt.Errorf("claim %s/%s is being deleted and still there: %w", left[0].Namespace, left[0].Name, bounded.Err())
		}
	}
}

// goneTime is how long claims may take to go. Kubernetes needs seconds.
const goneTime = time.Minute

// ours selects the objects of the stack's Kafka.
func (s *Stack) ours() metav1.ListOptions {
	return metav1.ListOptions{LabelSelector: labels.SelectorFromSet(topology.Labels(s.Config().ClusterName)).String()}
}
