package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
)

// Labels that tell what a pod of ours does, as components/kafka writes them.
const (
	brokerLabel     = "kafka-broker"
	controllerLabel = "kafka-controller"
)

// Roles tells from a StatefulSet's inputs which of Kafka's roles its pods have.
func Roles(set map[string]any) (broker, controller bool) {
	labels := walk.Object(walk.At(set, "spec", "template", "metadata", "labels"))
	return labels[brokerLabel] == "true", labels[controllerLabel] == "true"
}

// Movement is what would happen to pods.
type Movement string

// Pods that roll are stopped and started again one by one: by Kubernetes or, where the update
// strategy is OnDelete, by the gate behind their StatefulSet, the active controller last. Those that are made anew
// come only when all of the old ones are gone, since their StatefulSet is replaced.
const (
	Start    Movement = "start"
	Stop     Movement = "stop"
	Roll     Movement = "roll"
	Recreate Movement = "recreate"
)

// Pods is what would happen to pods of one StatefulSet.
type Pods struct {
	StatefulSet        string // its name in Kubernetes
	Namespace          string
	Broker, Controller bool // Kafka's roles
	Movement           Movement
	// Names are in the order in which it happens to them.
	Names []string
	// ByGate says that a gate restarts them, for a Roll: the one that has the active controller
	// by then comes last, wherever it stands in Names.
	ByGate bool
	// AtOnce says that no pod waits for another one.
	AtOnce bool
	// Because are the paths below the pod template that change, for a Roll.
	Because []string
}

// Pods are what would happen to the pods of all StatefulSets. StatefulSets do not wait
// for each other: what rolls without a gate, rolls at the same time in each of them.
func (p *Plan) Pods() []Pods {
	var found []Pods
	for _, step := range p.Steps {
		if step.Type == statefulSet {
			found = append(found, step.pods()...)
		}
	}
	return found
}

func (s Step) pods() []Pods {
	inputs := s.New
	if inputs == nil {
		inputs = s.Old
	}
	base := Pods{AtOnce: walk.At(inputs, "spec", "podManagementPolicy") == "Parallel"}
	base.StatefulSet, _ = walk.At(inputs, "metadata", "name").(string)
	base.Namespace, _ = walk.At(inputs, "metadata", "namespace").(string)
	base.Broker, base.Controller = Roles(inputs)
	before, after := replicas(s.Old), replicas(s.New)

	var found []Pods
	move := func(movement Movement, from, to int) {
		if from >= to {
			return
		}
		moved := base
		moved.Movement = movement
		moved.Names = podNames(base.StatefulSet, from, to)
		if movement == Stop || movement == Roll { // the highest number goes first
			slices.Reverse(moved.Names)
		}
		found = append(found, moved)
	}
	switch s.Op {
	case Create:
		move(Start, 0, after)
	case Delete:
		move(Stop, 0, before)
	case Replace:
		move(Recreate, 0, max(before, after))
	case Update:
		move(Stop, after, before)
		move(Start, before, after)
		because := templateChanges(s)
		// With OnDelete it is the gate of a pool of ours that takes the pods away; who does with
		// others is not known here.
		byGate := walk.At(s.New, "spec", "updateStrategy", "type") == "OnDelete"
		if len(because) > 0 && (!byGate || base.Broker || base.Controller) {
			base.Because, base.ByGate = because, byGate
			// One at a time, whatever the pod management policy: that is about
			// scaling. https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#rolling-updates
			base.AtOnce = false
			move(Roll, 0, min(before, after))
		}
	default: // nothing happens to pods
	}
	return found
}

func templateChanges(s Step) []string {
	var because []string
	for _, change := range s.Changes() {
		if below, ok := strings.CutPrefix(change.Path, "spec.template."); ok {
			because = append(because, below)
		}
	}
	return because
}

// replicas is how many pods a StatefulSet has; none if there is no such set.
func replicas(inputs map[string]any) int {
	if inputs == nil {
		return 0
	}
	if number, ok := walk.At(inputs, "spec", "replicas").(float64); ok {
		return int(number)
	}
	return 1 // Kubernetes' default
}

func podNames(set string, from, to int) []string {
	var names []string
	for i := from; i < to; i++ {
		names = append(names, fmt.Sprintf("%s-%d", set, i))
	}
	return names
}
