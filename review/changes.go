package review

import (
	"fmt"
	"reflect"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
)

// Change is one difference between a resource's inputs before and after.
type Change struct {
	// Path leads to the value: spec.template.spec.containers[kafka].image. Items of
	// a list are called by their names where they have some, and by number otherwise.
	Path string
	// Old and New are the values; nil where there was or will be none.
	Old, New any
}

// Changes are the differences of a resource that stays or is replaced, in the order of
// their paths. There are none if it is made or deleted, and there may be none although
// the engine would update it: a secret's new value is not seen here.
func (s Step) Changes() []Change {
	if s.Old == nil || s.New == nil {
		return nil
	}
	var found []Change
	compareObjects("", s.Old, s.New, &found)
	return found
}

func compare(path string, before, after any, found *[]Change) {
	if reflect.DeepEqual(before, after) {
		return
	}
	switch old := before.(type) {
	case map[string]any:
		if now, ok := after.(map[string]any); ok {
			compareObjects(path, old, now, found)
			return
		}
	case []any:
		if now, ok := after.([]any); ok {
			compareLists(path, old, now, found)
			return
		}
	}
	*found = append(*found, Change{Path: path, Old: before, New: after})
}

func compareObjects(path string, before, after map[string]any, found *[]Change) {
	for _, key := range union(sortedKeys(before), sortedKeys(after)) {
		below := key
		if path != "" {
			below = path + "." + key
		}
		compare(below, before[key], after[key], found)
	}
}

// compareLists compares items of the same name where all have one, so that a variable
// more at the beginning is one change and not a change of all that follow.
func compareLists(path string, before, after []any, found *[]Change) {
	old, oldNames := byName(before)
	now, newNames := byName(after)
	if old == nil || now == nil {
		for i := range max(len(before), len(after)) {
			compare(fmt.Sprintf("%s[%d]", path, i), item(before, i), item(after, i), found)
		}
		return
	}
	whole := len(*found)
	for _, name := range union(oldNames, newNames) {
		compare(fmt.Sprintf("%s[%s]", path, name), old[name], now[name], found)
	}
	if len(*found) == whole { // the same items in another order
		*found = append(*found, Change{Path: path + " (order)", Old: texts(oldNames), New: texts(newNames)})
	}
}

// byName is nil unless every item has a name of its own.
func byName(items []any) (named map[string]any, names []string) {
	named = map[string]any{}
	for _, value := range items {
		name, ok := walk.Object(value)["name"].(string)
		if _, twice := named[name]; !ok || twice {
			return nil, nil
		}
		named[name] = value
		names = append(names, name)
	}
	return named, names
}

func item(items []any, i int) any {
	if i < len(items) {
		return items[i]
	}
	return nil
}

func texts(names []string) []any {
	list := make([]any, len(names))
	for i, name := range names {
		list[i] = name
	}
	return list
}
