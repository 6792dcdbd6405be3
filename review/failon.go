package review

import (
	"fmt"
	"slices"
	"strings"
)

// failOps are what FailOn can be asked for.
var failOps = []Op{Create, Update, Replace, Delete}

// ParseFailOn reads a list such as "replace,delete". An empty text is an empty list.
func ParseFailOn(list string) ([]Op, error) {
	var ops []Op
	for _, word := range strings.Split(list, ",") {
		op := Op(strings.TrimSpace(word))
		if op == "" {
			continue
		}
		if !slices.Contains(failOps, op) {
			return nil, fmt.Errorf("%q: must be a list of create, update, replace and delete", list)
		}
		ops = append(ops, op)
	}
	return ops, nil
}

// FailOn is an error that names what the plan would do of these, nil if nothing. What
// is only renewed (see [Step.Renewed]) counts as an update.
func (p *Plan) FailOn(ops []Op) error {
	var found []string
	for _, step := range p.Steps {
		op := step.Op
		if step.Renewed() {
			op = Update
		}
		if step.counts() && slices.Contains(ops, op) {
			found = append(found, fmt.Sprintf("%s %s", op, step))
		}
	}
	if len(found) == 0 {
		return nil
	}
	return fmt.Errorf("the plan would %s", strings.Join(found, ", "))
}
