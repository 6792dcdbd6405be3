package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/review"
)

func oddControllers(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		if n := c.count(isController); n > 0 && n%2 == 0 {
			found = append(found, review.Finding{Resource: c.String(), Problem: fmt.Sprintf("%d controllers", n)})
		}
	}
	return found
}

// replicated are Kafka's settings for how many replicas topics have, each with the
// one for how many of them must be in sync, and the defaults of Kafka 4.4.
// https://kafka.apache.org/44/configuration/broker-configs/
var replicated = []struct {
	factor        string
	defaultFactor int
	inSync        string // "" if there is none
	defaultInSync int
}{
	{"default.replication.factor", 1, "min.insync.replicas", 1},
	{"offsets.topic.replication.factor", 3, "", 0},
	{"transaction.state.log.replication.factor", 3, "transaction.state.log.min.isr", 2},
	{"share.coordinator.state.topic.replication.factor", 3, "share.coordinator.state.topic.min.isr", 2},
}

// brokers are the configurations of brokers: a controller makes no topic of Kafka's.
func (c *cluster) brokers() []config {
	var found []config
	for _, file := range c.configs {
		if strings.Contains(file.properties["process.roles"], "broker") {
			found = append(found, file)
		}
	}
	return found
}

func replicationFactor(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		brokers := c.count(isBroker)
		if brokers == 0 {
			continue // stopped, or not in this plan
		}
		for _, file := range c.brokers() {
			for _, topic := range replicated {
				factor, ok := file.number(topic.factor, topic.defaultFactor)
				if !ok || factor < 1 || factor > brokers {
					found = append(found, review.Finding{Resource: file.step.String(), Problem: fmt.Sprintf(
						"%s is %s, with %d brokers", topic.factor, file.shown(topic.factor, topic.defaultFactor), brokers)})
				}
			}
		}
	}
	return found
}

func minInSync(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		for _, file := range c.brokers() {
			for _, topic := range replicated {
				if topic.inSync == "" {
					continue
				}
				factor, known := file.number(topic.factor, topic.defaultFactor)
				least, ok := file.number(topic.inSync, topic.defaultInSync)
				if !ok || least < 1 || known && factor > 0 && least > 1 && least >= factor {
					found = append(found, review.Finding{Resource: file.step.String(), Problem: fmt.Sprintf(
						"%s is %s, with %s %s", topic.inSync, file.shown(topic.inSync, topic.defaultInSync),
						topic.factor, file.shown(topic.factor, topic.defaultFactor))})
				}
			}
		}
	}
	return found
}

// shown is a property as it is written, or its default.
func (c config) shown(key string, without int) string {
	if text, given := c.properties[key]; given {
		return text
	}
	return fmt.Sprintf("%d by default", without)
}

// unknownProperty judges clusters whose Kafka is built in this very plan: of another
// one's names nothing is known.
func unknownProperty(v view) []review.Finding {
	built := v.kafkasBuilt()
	if len(built) == 0 {
		return nil
	}
	var found []review.Finding
	for _, c := range v.clusters {
		for _, file := range c.configs {
			for _, problem := range unread(file.properties, built) {
				found = append(found, review.Finding{Resource: file.step.String(), Problem: problem.Name + " " + problem.Reason})
			}
		}
	}
	return found
}

// kafkasBuilt are the releases of Kafka, of those that this module knows, for which the
// plan has an image.
func (v view) kafkasBuilt() []string {
	return slices.DeleteFunc(image.KafkaVersions(), func(version string) bool {
		return !slices.ContainsFunc(v.plan.OfType("docker:index/image:Image"), func(step review.Step) bool {
			return strings.Contains(text(step.New["imageName"]), "/kafka:"+version+"-")
		})
	})
}

// unread are the properties that none of the releases reads: with several of them, the
// plan does not say yet which cluster will run which.
func unread(all map[string]string, releases []string) []properties.Problem {
	problems := properties.Unknown(releases[0], all)
	for _, other := range releases[1:] {
		theirs := properties.Unknown(other, all)
		problems = slices.DeleteFunc(problems, func(ours properties.Problem) bool {
			return !slices.ContainsFunc(theirs, func(p properties.Problem) bool { return p.Name == ours.Name })
		})
	}
	return problems
}

// holdsData are the types behind which there are records, or without which records
// are not found. Ids only count where they are a Kafka cluster's.
var holdsData = map[string]bool{
	"kubernetes:apps/v1:StatefulSet":      true,
	"kubernetes:core/v1:PersistentVolume": true,
	claim:                                 true,
	"kubernetes:core/v1:Namespace":        true,
}

const claim = "kubernetes:core/v1:PersistentVolumeClaim"

// isKafkas reports whether a resource belongs to a Kafka cluster: by the labels that it
// has, and a namespace by what is in it. A bigger program has others besides.
func (v view) isKafkas(step review.Step) bool {
	had := step.Old
	if had == nil {
		had = step.New
	}
	if had == nil {
		return true // nothing says that it is somebody else's
	}
	if step.Type != "kubernetes:core/v1:Namespace" {
		return ofKafka(had)
	}
	name := text(walk.At(had, "metadata", "name"))
	return slices.ContainsFunc(v.plan.Steps, func(other review.Step) bool {
		for _, state := range []map[string]any{other.Old, other.New} {
			if ofKafka(state) && text(walk.At(state, "metadata", "namespace")) == name {
				return true
			}
		}
		return false
	})
}

// ofKafka goes by the label that components/kafka gives to all that it makes.
func ofKafka(state map[string]any) bool {
	return walk.At(state, "metadata", "labels", "app.kubernetes.io/name") == "kafka"
}

const topic = "kafka-kraft:kafka:Topic"

const clusterID = "kafka-kraft:clusterid:ClusterID$random:index/randomId:RandomId::"

func dataStays(v view) []review.Finding {
	var found []review.Finding
	for _, step := range v.plan.Steps {
		if step.Type != topic && !strings.Contains(step.URN, clusterID) && (!holdsData[step.Type] || !v.isKafkas(step)) {
			continue
		}
		switch {
		case step.Op == review.Replace && step.Retained && step.Type == claim:
			// It is forgotten and found again, and Kubernetes lets nothing of one with a volume
			// be changed but its size.
		case step.Op == review.Replace && len(step.Replaces) > 0:
			found = append(found, review.Finding{Resource: step.String(), Problem: "would be replaced because of " + strings.Join(step.Replaces, ", ")})
		case step.Op == review.Replace:
			found = append(found, review.Finding{Resource: step.String(), Problem: "would be replaced"})
		case step.Op == review.Delete && !step.Retained:
			found = append(found, review.Finding{Resource: step.String(), Problem: "would be deleted"})
		}
	}
	return found
}
