// Package walk reads values of unknown shape, such as a resource's inputs.
package walk

// At walks down objects by their keys; nil if there is nothing.
func At(value any, path ...string) any {
	for _, key := range path {
		value = Object(value)[key]
	}
	return value
}

// Object is the value, if it is an object; else nil.
func Object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
