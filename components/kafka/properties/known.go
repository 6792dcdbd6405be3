package properties

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/internal/nearest"
)

// known are the names that the Kafka which is built here reads; prefixes are the
// beginnings of those that somebody chooses.
var known, prefixes = func() (known map[string]bool, prefixes []string) {
	known = map[string]bool{}
	for _, name := range strings.Fields(image.PropertyNames) {
		if strings.HasSuffix(name, ".") {
			prefixes = append(prefixes, name)
		} else {
			known[name] = true
		}
	}
	return known, prefixes
}()

// Unknown returns a problem for every property that this release of Kafka does not
// read, sorted by name: Kafka ignores it without a word. Where prefixes of plugins are
// set (remote.log.storage.manager.impl.prefix), they count.
func Unknown(properties map[string]string) []Problem {
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !isKnown(name, properties) {
			problems = append(problems, Problem{Name: name, Reason: fmt.Sprintf(
				"is no property of Kafka %s, which would ignore it%s", image.KafkaVersion, suggestion(name))})
		}
	}
	return problems
}

func isKnown(name string, properties map[string]string) bool {
	if known[name] {
		return true
	}
	for _, prefix := range prefixes {
		if longer(name, prefix) {
			return true
		}
	}
	for _, plugin := range []string{"remote.log.storage.manager.impl.prefix", "remote.log.metadata.manager.impl.prefix"} {
		if longer(name, properties[plugin]) {
			return true
		}
	}
	_, local := ofListener(name)
	_, ofMechanism, _ := strings.Cut(local, ".")
	return known[local] || strings.HasPrefix(ofMechanism, "sasl.") && known[ofMechanism]
}

// longer tells whether a name begins with the prefix and goes on after it.
func longer(name, prefix string) bool {
	return prefix != "" && strings.HasPrefix(name, prefix) && name != prefix
}

// ofListener takes a listener's property apart: listener.name.{listener}.{property}, or
// listener.name.{listener}.{mechanism}.{property} (ListenerName.configPrefix,
// saslMechanismConfigPrefix).
func ofListener(name string) (listener, property string) {
	const prefix = "listener.name."
	rest, found := strings.CutPrefix(name, prefix)
	if !found {
		return "", ""
	}
	label, property, _ := strings.Cut(rest, ".")
	return prefix + label + ".", property
}

// suggestion ends what is said of an unknown name with the known one that was probably
// meant, in the same listener; nothing if even that one is far away.
func suggestion(name string) string {
	listener, property := ofListener(name)
	if listener == "" {
		property = name
	}
	meant, letters := nearest.Of(property, slices.Sorted(maps.Keys(known)))
	if letters > len(property)/2 {
		return ""
	}
	return "; did you mean " + listener + meant + "?"
}
