package autoscale

import (
	"errors"
	"fmt"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ReplicasIgnored is an option of the application's Deployment or StatefulSet: its number of
// replicas is KEDA's from then on, and an update leaves it as it is. What the program says of it
// counts only when the application is made.
//
// To leave the number out of the program does the same for an application that never had one in
// it. Taking it out of one that had it sets it back to 1, once.
// https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
func ReplicasIgnored() pulumi.ResourceOption { return pulumi.IgnoreChanges([]string{"spec.replicas"}) }

// workload is what is scaled.
type workload struct {
	kind     string
	metadata metav1.ObjectMetaOutput
	// pods are the labels of its pods.
	pods pulumi.StringMapOutput
}

// workload is the Target.
func (a Args) workload() (workload, error) {
	switch target := a.Target.(type) {
	case *appsv1.Deployment:
		if target != nil {
			return workload{"Deployment", target.Metadata, target.Spec.Template().Metadata().Labels()}, nil
		}
	case *appsv1.StatefulSet:
		if target != nil {
			return workload{"StatefulSet", target.Metadata, target.Spec.Template().Metadata().Labels()}, nil
		}
	case nil:
	default:
		return workload{}, fmt.Errorf("the Target is a %T, and must be an apps/v1 *Deployment or *StatefulSet", target)
	}
	return workload{}, errors.New("the Target is missing: the application's Deployment or StatefulSet")
}

// longestName is what KEDA leaves of a label's 63 characters: it calls its
// HorizontalPodAutoscaler keda-hpa-{name}, and labels it so.
const longestName = 54

// name is the target's in Kubernetes, if that may be scaled.
func (w workload) name() pulumi.StringOutput {
	return pulumi.All(w.metadata.Name(), w.metadata.Labels(), w.pods).ApplyT(func(known []any) (string, error) {
		name, _ := known[0].(*string)
		if name == nil {
			return "", fmt.Errorf("the %s has no name", w.kind)
		}
		own, _ := known[1].(map[string]string)
		pods, _ := known[2].(map[string]string)
		if ofKafka(own, pods) {
			return "", fmt.Errorf("the %s %s is Kafka itself, by its labels: its pods hold records and votes, and are never scaled by load; "+
				"a stack's keys brokers and controllers change their number", w.kind, *name)
		}
		if len(*name) > longestName {
			return "", fmt.Errorf("the %s %s has a name of %d characters, and KEDA takes at most %d", w.kind, *name, len(*name), longestName)
		}
		return *name, nil
	}).(pulumi.StringOutput)
}

// ofKafka goes by what components/kafka labels its pools with, and other Kafkas theirs.
func ofKafka(own, pods map[string]string) bool {
	if own["app.kubernetes.io/name"] == "kafka" {
		return true
	}
	for role := range kube.RoleLabels(topology.Broker, topology.Controller) {
		if pods[role] == "true" {
			return true
		}
	}
	return false
}
