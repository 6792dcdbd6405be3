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
// values: that is Config.Problems.
func Decode(own map[string]string) (Config, Problems) {
	config := Default()
	problems := decode(own, &config)
	return config, problems
}

// Parse is Decode for all of a stack's configuration, keyed with or without the
// namespace, as auto.Stack's GetAllConfig returns it. Keys of other namespaces are
// none of its business.
func Parse(all map[string]string) (Config, error) {
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
	config, problems := Decode(own)
	return config, problems.Err()
}
