package users

import (
	"context"

	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/reach"
)

// Cluster is how users get to the Kafka that they are in.
type Cluster = reach.Cluster[ops.UserAdmin]

// Place is the Kafka that a user is in.
type Place = reach.Place

// New makes a Cluster.
func New(kube func(string) (kubernetes.Interface, error), kafka func(context.Context, Place) (ops.UserAdmin, func(), error)) Cluster {
	return reach.New("users", kube, kafka)
}
