package policy

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// scaler is what changes the number, or the size, of a workload's pods by load.
type scaler struct {
	step                    review.Step
	namespace, kind, target string
}

// scalers are those that the plan would have. Each kind names what it scales in its own way.
func (v view) scalers() []scaler {
	var found []scaler
	for _, step := range v.plan.Steps {
		var at []string
		switch kind := step.Type[strings.LastIndex(step.Type, ":")+1:]; {
		case strings.HasPrefix(step.Type, "kubernetes:autoscaling/") && strings.HasPrefix(kind, "HorizontalPodAutoscaler"),
			strings.HasPrefix(step.Type, "kubernetes:keda.sh/") && kind == "ScaledObject":
			at = []string{"spec", "scaleTargetRef"}
		case strings.HasPrefix(step.Type, "kubernetes:autoscaling.k8s.io/") && kind == "VerticalPodAutoscaler" &&
			walk.At(step.New, "spec", "updatePolicy", "updateMode") != "Off": // which only recommends
			at = []string{"spec", "targetRef"}
		}
		if target := walk.Object(walk.At(step.New, at...)); at != nil && target != nil {
			kind := text(target["kind"])
			if kind == "" {
				kind = "Deployment" // as KEDA has it
			}
			found = append(found, scaler{step, text(walk.At(step.New, "metadata", "namespace")), kind, text(target["name"])})
		}
	}
	return found
}

// autoscaled finds Kafka among what is scaled: by its pods' labels and other Kafkas by their own, in
// this plan, and one of another plan by the names that pools have there.
func autoscaled(v view) []review.Finding {
	var found []review.Finding
	for _, s := range v.scalers() {
		if v.hasKafka(s) || s.kind == "StatefulSet" && (strings.HasSuffix(s.target, "-kafka-broker") || strings.HasSuffix(s.target, "-kafka-controller")) {
			found = append(found, review.Finding{Resource: s.step.String(), Problem: fmt.Sprintf("would scale the %s %s, which is Kafka", s.kind, s.target)})
		}
	}
	return found
}

func (v view) hasKafka(s scaler) bool {
	for _, step := range v.plan.OfType("kubernetes:apps/v1:" + s.kind) {
		broker, controller := review.Roles(step.New)
		if (broker || controller || ofKafka(step.New)) &&
			text(walk.At(step.New, "metadata", "name")) == s.target && text(walk.At(step.New, "metadata", "namespace")) == s.namespace {
			return true
		}
	}
	return false
}

// zeroMisses judges what KEDA may take down to zero by the lag of a group.
func zeroMisses(v view) []review.Finding {
	var found []review.Finding
	for _, s := range v.scalers() {
		spec := walk.Object(s.step.New["spec"])
		if !strings.HasSuffix(s.step.Type, ":ScaledObject") || !toZero(spec) {
			continue
		}
		add := func(problem string) {
			found = append(found, review.Finding{Resource: s.step.String(), Problem: problem})
		}
		kafka := false
		for _, item := range list(spec["triggers"]) {
			trigger := walk.Object(item)
			metadata := walk.Object(trigger["metadata"])
			switch text(trigger["type"]) {
			case "kafka":
			case "apache-kafka":
				add("trigger apache-kafka takes a partition that it cannot read for one without lag: use kafka")
			default:
				continue
			}
			kafka = true
			if policy := text(metadata["offsetResetPolicy"]); policy != "earliest" && policy != review.Unknown {
				add(`offsetResetPolicy is not earliest: records that come before anything is committed are skipped`)
			}
			if text(metadata["scaleToZeroOnInvalidOffset"]) == "true" {
				add("scaleToZeroOnInvalidOffset: a group that has committed nothing is never woken up")
			}
		}
		if replicas, is := walk.At(spec, "fallback", "replicas").(float64); kafka && is && replicas == 0 {
			add("fallback.replicas is 0: all consumers go as soon as Kafka cannot be asked")
		}
	}
	return found
}

// toZero reports whether KEDA may leave no replica. Without a word of the least number it may.
func toZero(scaledObject map[string]any) bool {
	least, said := scaledObject["minReplicaCount"].(float64)
	idle, idles := scaledObject["idleReplicaCount"].(float64)
	return !said && scaledObject["minReplicaCount"] == nil || said && least == 0 || idles && idle == 0
}
