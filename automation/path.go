package automation

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// at is the value at one of Pulumi's property paths; nil if there is none.
func at(value any, path string) any {
	steps, err := resource.ParsePropertyPath(path)
	if err != nil {
		return nil
	}
	for _, step := range steps {
		switch s := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[s]
		case int:
			list, _ := value.([]any)
			if s < 0 || s >= len(list) {
				return nil
			}
			value = list[s]
		}
	}
	return value
}
