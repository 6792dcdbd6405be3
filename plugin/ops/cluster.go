package ops

import (
	"context"
	"time"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/silence"
)

// Cluster is how gates get to what they look after.
type Cluster struct {
	// Kubernetes connects to the context of this name.
	Kubernetes func(context string) (kubernetes.Interface, error)
	// Kafka connects to brokers, wherever the Kubernetes of a context has them, and returns
	// what ends the connection.
	Kafka func(ctx context.Context, kubeContext string, at Address) (ops.Admin, func(), error)
	// Silent is shared by gates that are not there to wait: where one of them waited in vain, the
	// next ones hardly do. nil: each waits for itself.
	Silent *silence.Silence[Silent]
}

// Silent is who did not answer: the Kubernetes of a context, or Kafka's brokers in it.
type Silent struct {
	Context string
	Address Address
}

// How long an up waits for somebody to answer before it goes on without, or gives up.
const (
	// patience is for what must be known: a pod may be restarting.
	patience = 2 * time.Minute
	// moment is for what would be good to know.
	moment = 20 * time.Second
)

// survey is how long a preview or a refresh may ask Kafka for what it needs to know, once it
// is connected.
const survey = 15 * time.Second

// pool looks a node pool up, within a time. A context that there is not is an error at once.
func (c Cluster) pool(ctx context.Context, place Place, limit time.Duration) (*pool, error) {
	client, err := c.Kubernetes(place.Context)
	if err != nil {
		return nil, unusable{err}
	}
	found := &pool{Place: place, client: client}
	return found, c.insist(ctx, Silent{Context: place.Context}, limit, found.look)
}

// insist tries until it works, within a time. Where somebody else glanced at in vain, a glance is
// one attempt.
func (c Cluster) insist(ctx context.Context, at Silent, limit time.Duration, do func(context.Context) error) error {
	if c.Silent == nil || limit != glance {
		return insist.On(ctx, limit, nil, do)
	}
	passes := func(error) bool { return true }
	if c.Silent.Lasts(at) {
		limit, passes = insist.Pause, func(error) bool { return false }
	}
	err := insist.On(ctx, limit, passes, do)
	if err != nil {
		c.Silent.Begins(at)
	} else {
		c.Silent.Ends(at)
	}
	return err
}

// unusable is an error of what this machine is configured with. No gate is made with it.
type unusable struct{ error }

// connect gets to the brokers, within a time.
func (c Cluster) connect(ctx context.Context, place Place, limit time.Duration) (admin ops.Admin, end func(), err error) {
	err = c.insist(ctx, Silent{place.Context, place.Address}, limit, func(ctx context.Context) (err error) {
		admin, end, err = c.Kafka(ctx, place.Context, place.Address)
		return err
	})
	return admin, end, err
}

// ask asks Kafka what is to be done, for who is not there to wait.
func ask[Plan any](ctx context.Context, c Cluster, place Place, plan func(context.Context, ops.Admin) (Plan, error)) (Plan, error) {
	admin, end, err := c.connect(ctx, place, glance)
	if err != nil {
		var none Plan
		return none, err
	}
	defer end()
	ctx, over := context.WithTimeout(ctx, survey)
	defer over()
	return plan(ctx, admin)
}
