package topics

import (
	"context"
	"errors"
	"fmt"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/twmb/franz-go/pkg/kerr"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/silence"
)

// Cluster is how topics get to the Kafka that they are in.
type Cluster struct {
	// Kubernetes connects to the context of this name.
	Kubernetes func(context string) (kubernetes.Interface, error)
	// Kafka connects to the brokers of a place, and returns what says that the connection is no
	// longer needed. It is asked for each topic.
	Kafka func(ctx context.Context, at Place) (ops.TopicAdmin, func(), error)

	// silent is where a glance met nobody: a preview of hundreds of topics asks once.
	silent *silence.Silence[Place]
}

// New makes a Cluster.
func New(kube func(string) (kubernetes.Interface, error), kafka func(context.Context, Place) (ops.TopicAdmin, func(), error)) Cluster {
	return Cluster{Kubernetes: kube, Kafka: kafka, silent: &silence.Silence[Place]{}}
}

// Place is the Kafka that a topic is in.
type Place struct {
	Context          string `pulumi:"context"`
	Namespace        string `pulumi:"namespace"`
	StatefulSet      string `pulumi:"statefulSet"`
	BootstrapServers string `pulumi:"bootstrapServers"`
	// Admin is only the Secret's name: what is in it comes into no state.
	Admin   string `pulumi:"admin,optional"`
	Stopped bool   `pulumi:"stopped,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (p *Place) Annotate(a infer.Annotator) {
	a.Describe(&p.Context, "Context of the kubeconfig.")
	a.Describe(&p.Namespace, "Namespace of the cluster.")
	a.Describe(&p.StatefulSet, "Name of a StatefulSet of brokers, by which a preview knows whether there is a Kafka yet.")
	a.Describe(&p.BootstrapServers, "Where clients inside Kubernetes start: host:port, or more of them with commas between.")
	a.Describe(&p.Admin, "Secret in the namespace with the certificate that Kafka knows this program by. None: Kafka is spoken to without TLS.")
	a.Describe(&p.Stopped, "No pod of the cluster is to run. What there is to do waits until it runs again.")
}

// How long Kafka is waited for.
const (
	// patience is for what must be done: a broker may be restarting.
	patience = 2 * time.Minute
	// glance is for a preview or a refresh, which is not there to wait; to connect, and to ask.
	glance = 5 * time.Second
	survey = 15 * time.Second
)

// do does something in Kafka, again and again while time may mend what goes wrong.
func (c Cluster) do(ctx context.Context, at Place, what func(context.Context, ops.TopicAdmin) error) error {
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

func (c Cluster) once(ctx context.Context, at Place, what func(context.Context, ops.TopicAdmin) error) error {
	admin, release, err := c.Kafka(ctx, at)
	if err != nil {
		return err
	}
	defer release()
	return what(ctx, admin)
}

// glimpse asks Kafka for who is not there to wait. Where nobody answers, known is false, which
// is said once for all topics: a Kafka that is yet to be made is no reason to say anything.
func (c Cluster) glimpse(ctx context.Context, at Place, what func(context.Context, ops.TopicAdmin) error) (known bool, err error) {
	if c.silent.Lasts(at) {
		return false, nil
	}
	log := p.GetLogger(ctx)
	connecting, over := context.WithTimeout(ctx, glance)
	defer over()
	admin, release, err := c.Kafka(connecting, at)
	if err != nil {
		if c.silent.Begins(at) && !c.unborn(ctx, at) {
			log.Warning(fmt.Sprintf("Kafka cannot be asked, so nothing is known of topics and quotas: %v", err))
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

// remove deletes something. A cluster that is stopped does not begin to answer by waiting.
func (c Cluster) remove(ctx context.Context, at Place, what string, del func(context.Context, ops.TopicAdmin) error) error {
	if c.unborn(ctx, at) {
		return refuse(what+" is not deleted", "its cluster does not run; start it first (kafka-kraft:stopped false), or only forget it here, with pulumi state delete its URN")
	}
	return c.do(ctx, at, del)
}

// unborn reports whether there is no Kafka yet, or none that runs.
func (c Cluster) unborn(ctx context.Context, at Place) bool {
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

// exists reports whether Kafka refused to make what there is already.
func exists(err error) bool { return errors.Is(err, kerr.TopicAlreadyExists) }

// refuse is a refusal if there is a reason for one.
func refuse(what string, reasons ...string) error {
	if len(reasons) == 0 {
		return nil
	}
	return &ops.Refusal{What: what, Reasons: reasons}
}
