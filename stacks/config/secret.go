package config

import "slices"

// Secrets are the problems of keys whose values, or values within them, Pulumi keeps
// secret. There is no place for one here: what a configuration says goes as it is into
// ConfigMaps, the pods' environment and Pulumi's state, and mistakes in it are repeated
// in messages; so none of them is read.
func Secrets(keys []string) Problems {
	var p Problems
	for _, key := range slices.Sorted(slices.Values(keys)) {
		p.add(key, "", "holds a secret (`pulumi config set --secret`), but what is said here can be read in ConfigMaps, in pods and in Pulumi's state: set it without --secret if it is none; a password of Kafka's stays in a file or a vault, from which Kafka reads it by a configuration provider, ${provider:path:key}")
	}
	return p
}
