package config

import "k8s.io/apimachinery/pkg/api/resource"

// Quantity is a Kubernetes quantity. YAML's bare number is one, too: cpuRequest: 1. It
// stays the text that was said, since it goes to Kubernetes as one, where another way to
// write the same size would be a change: of a pod's template, for one.
type Quantity string

// parse is the one place where a quantity is read.
func (q Quantity) parse() (resource.Quantity, error) { return resource.ParseQuantity(string(q)) }

// Bytes is the number that the quantity says; 0 for none.
func (q Quantity) Bytes() int {
	parsed, err := q.parse()
	if err != nil { // left out
		return 0
	}
	return int(parsed.Value())
}
