package ops

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
)

// quantities are the sizes of claims as numbers, of an input of this name.
func quantities(input string, texts map[string]string) (map[string]resource.Quantity, error) {
	sizes := map[string]resource.Quantity{}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		size, err := resource.ParseQuantity(texts[name])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s[%s] %q: must be a quantity of Kubernetes, such as 10Gi", input, name, texts[name]))
		}
		sizes[name] = size
	}
	return sizes, errors.Join(wrong...)
}
