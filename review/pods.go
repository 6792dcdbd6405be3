package review

// Labels that tell what a pod of ours does, as components/kafka writes them.
const (
	brokerLabel     = "kafka-broker"
	controllerLabel = "kafka-controller"
)

// Roles tells from a StatefulSet's inputs which of Kafka's roles its pods have.
func Roles(set map[string]any) (broker, controller bool) {
	labels := object(at(set, "spec", "template", "metadata", "labels"))
	return labels[brokerLabel] == "true", labels[controllerLabel] == "true"
}

// at walks down objects; nil if there is nothing.
func at(value any, path ...string) any {
	for _, key := range path {
		value = object(value)[key]
	}
	return value
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
