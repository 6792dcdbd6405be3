package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Namespace is the configuration namespace: keys are written kafka-kraft:<key>.
const Namespace = "kafka-kraft"

// Keys are all keys, without the namespace.
func Keys() []string { return slices.Sorted(maps.Keys(fields(reflect.TypeFor[Config]()))) }

// Decode reads the values of keys without the namespace over Default. A key or field
// that is not known, or a value of the wrong type, is a problem. It does not judge
// values: that is Config.Judge, which takes these problems along.
func Decode(own map[string]string) (Config, Problems) {
	config := Default()
	problems := decode(own, &config)
	return config, problems
}

// Parse is Decode of Own.
func Parse(all map[string]string) (Config, error) {
	config, problems := Decode(Own(all))
	return config, problems.Err()
}

// Own are the keys of a stack's configuration that are ours, without the namespace; all
// has them with or without it, as auto.Stack's GetAllConfig returns it. Keys of other
// namespaces are none of our business.
func Own(all map[string]string) map[string]string {
	own := map[string]string{}
	for key, value := range all {
		namespace, name, found := strings.Cut(key, ":")
		switch {
		case !found:
			own[key] = value
		case namespace == Namespace:
			own[name] = value
		}
	}
	return own
}
