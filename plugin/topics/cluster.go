package topics

import (
	"context"
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/reach"
)

// Cluster is how topics and quotas get to the Kafka that they are in.
type Cluster = reach.Cluster[ops.TopicAdmin]

// Place is the Kafka that a topic is in.
type Place = reach.Place

// New makes a Cluster.
func New(kube func(string) (kubernetes.Interface, error), kafka func(context.Context, Place) (ops.TopicAdmin, func(), error)) Cluster {
	return reach.New("topics and quotas", kube, kafka)
}

// exists reports whether Kafka refused to make what there is already.
func exists(err error) bool { return errors.Is(err, kerr.TopicAlreadyExists) }
