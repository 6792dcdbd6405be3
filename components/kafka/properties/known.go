package properties

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/internal/nearest"
)

// release is what one release of Kafka reads.
type release struct {
	known    map[string]bool
	prefixes []string // the beginnings of names that somebody chooses
}

func newRelease(names []string) release {
	r := release{known: map[string]bool{}}
	for _, name := range names {
		if strings.HasSuffix(name, ".") {
			r.prefixes = append(r.prefixes, name)
		} else {
			r.known[name] = true
		}
	}
	return r
}

// Unknown returns a problem for every property that a release of Kafka does not read,
// sorted by name: Kafka ignores it without a word. Where prefixes of plugins are set
// (remote.log.storage.manager.impl.prefix), they count. Of a release that is not built
// here (image.KafkaVersions) nothing is known, and nothing is returned.
func Unknown(version string, properties map[string]string) []Problem {
	names := image.PropertyNames(version)
	if names == nil {
		return nil
	}
	r := newRelease(names)
	var problems []Problem
	for _, name := range slices.Sorted(maps.Keys(properties)) {
		if !r.reads(name, properties) {
			problems = append(problems, Problem{Name: name, Reason: fmt.Sprintf(
				"is no property of Kafka %s, which would ignore it%s", version, r.suggestion(name))})
		}
	}
	return problems
}

func (r release) reads(name string, properties map[string]string) bool {
	if r.known[name] {
		return true
	}
	for _, prefix := range r.prefixes {
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
	return r.known[local] || strings.HasPrefix(ofMechanism, "sasl.") && r.known[ofMechanism]
}

// longer reports whether a name begins with the prefix and goes on after it.
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
func (r release) suggestion(name string) string {
	listener, property := ofListener(name)
	if listener == "" {
		property = name
	}
	meant, letters := nearest.Of(property, slices.Sorted(maps.Keys(r.known)))
	if letters > len(property)/2 {
		return ""
	}
	return "; did you mean " + listener + meant + "?"
}
