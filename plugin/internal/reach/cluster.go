// Package reach is how resources that are in a Kafka get there: again and again while time may mend
// what goes wrong, with a glance where nobody is there to wait, and not at all where none runs.
package reach

import (
	"context"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/silence"
)

// Cluster is how resources get to the Kafka that they are in; Admin is what they do there.
type Cluster[Admin any] struct {
	// Kubernetes connects to the context of this name.
	Kubernetes func(context string) (kubernetes.Interface, error)
	// Kafka connects to the brokers of a place, and returns what says that the connection is no
	// longer needed. It is asked for each resource.
	Kafka func(ctx context.Context, at Place) (Admin, func(), error)

	what string // the resources, in messages
	// silent is where a glance met nobody: a preview of hundreds of resources asks once.
	silent *silence.Silence[Place]
}

// New makes a Cluster for resources that messages call so.
func New[Admin any](what string, kube func(string) (kubernetes.Interface, error), kafka func(context.Context, Place) (Admin, func(), error)) Cluster[Admin] {
	return Cluster[Admin]{Kubernetes: kube, Kafka: kafka, what: what, silent: &silence.Silence[Place]{}}
}

// How long Kafka is waited for.
const (
	// patience is for what must be done: a broker may be restarting.
	patience = 2 * time.Minute
	// glance is for a preview or a refresh, which is not there to wait; to connect, and to ask.
	glance = 5 * time.Second
	survey = 15 * time.Second
)

// Do does something in Kafka, again and again while time may mend what goes wrong.
func (c Cluster[Admin]) Do(ctx context.Context, at Place, what func(context.Context, Admin) error) error {
	if _, err := c.Kubernetes(at.Context); err != nil {
		return err // there is no such context
	}
	err := insist.On(ctx, patience, ops.Passes, func(ctx context.Context) error { return c.once(ctx, at, what) })
	switch {
	case err == nil || !ops.Passes(err):
		return err
	case ctx.Err() != nil:
		return fmt.Errorf("cut off: %w", err)
	}
	return fmt.Errorf("for %s: %w", patience, err)
}

func (c Cluster[Admin]) once(ctx context.Context, at Place, what func(context.Context, Admin) error) error {
	admin, release, err := c.Kafka(ctx, at)
	if err != nil {
		return err
	}
	defer release()
	return what(ctx, admin)
}

// Glimpse asks Kafka for who is not there to wait. Where nobody answers, known is false, which
// is said once for all: a Kafka that is yet to be made is no reason to say anything.
func (c Cluster[Admin]) Glimpse(ctx context.Context, at Place, what func(context.Context, Admin) error) (known bool, err error) {
	if c.silent.Lasts(at) {
		return false, nil
	}
	log := p.GetLogger(ctx)
	connecting, over := context.WithTimeout(ctx, glance)
	defer over()
	admin, release, err := c.Kafka(connecting, at)
	if err != nil {
		if c.silent.Begins(at) && !c.unborn(ctx, at) {
			log.Warning(fmt.Sprintf("Kafka cannot be asked, so nothing is known of %s: %v", c.what, err))
		}
		return false, nil
	}
	defer release()
	asking, end := context.WithTimeout(ctx, survey)
	defer end()
	err = what(asking, admin)
	if err != nil && ops.Passes(err) {
		log.Warning(fmt.Sprintf("Kafka cannot be asked, so nothing is known of it: %v", err))
		return false, nil
	}
	return err == nil, err
}

// Remove deletes something. A cluster that is stopped does not begin to answer by waiting.
func (c Cluster[Admin]) Remove(ctx context.Context, at Place, what string, del func(context.Context, Admin) error) error {
	if c.unborn(ctx, at) {
		return Refuse(what+" is not deleted", "its cluster does not run; start it first (kafka-kraft:stopped false), or only forget it here, with pulumi state delete its URN")
	}
	return c.Do(ctx, at, del)
}

// unborn reports whether there is no Kafka yet, or none that runs.
func (c Cluster[Admin]) unborn(ctx context.Context, at Place) bool {
	client, err := c.Kubernetes(at.Context)
	if err != nil {
		return false
	}
	ctx, over := context.WithTimeout(ctx, glance)
	defer over()
	set, err := client.AppsV1().StatefulSets(at.Namespace).Get(ctx, at.StatefulSet, metav1.GetOptions{})
	if err != nil {
		return apierrors.IsNotFound(err)
	}
	return set.Spec.Replicas != nil && *set.Spec.Replicas == 0
}

// Refuse is a refusal if there is a reason for one.
func Refuse(what string, reasons ...string) error {
	if len(reasons) == 0 {
		return nil
	}
	return &ops.Refusal{What: what, Reasons: reasons}
}
