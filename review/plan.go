package review

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Op is what a preview would do with a resource.
type Op string

// A replacement, which the engine reports as up to three steps, is one here.
const (
	Same    Op = "same"
	Create  Op = "create"
	Update  Op = "update"
	Replace Op = "replace"
	Delete  Op = "delete"
	Read    Op = "read"    // looked at, such as a stack reference
	Import  Op = "import"  // exists already and is taken over
	Refresh Op = "refresh" // its state is read anew, with --refresh
)

// Stand-ins for values that are not in a plan.
const (
	// Secret stands where a secret value was.
	Secret = "[secret]"
	// Unknown stands for a value that only the up itself will tell.
	Unknown = "[known after up]"
)

// Step is what would happen to one resource.
type Step struct {
	URN    string // the engine's name for it, unique but for leftovers
	Type   string // type token, such as kubernetes:apps/v1:StatefulSet
	Name   string // logical name, the last part of the URN
	Parent string // URN of the parent, "" for the stack
	Op     Op

	// Old and New are the resource's inputs before and after; nil if there is no
	// before or after. Values that are secret or not known yet are Secret and
	// Unknown. What the Kubernetes plugin adds for itself is left out.
	Old, New map[string]any

	// Diffs are the properties that the provider says have changed, Replaces those
	// of them that force a replacement. Either may be empty for a change that has
	// other reasons.
	Diffs, Replaces []string

	// Component says that nothing stands behind the resource but its children.
	Component bool
	// Protected resources refuse to be deleted, and so to be replaced.
	Protected bool
	// Retained resources are forgotten instead of deleted.
	Retained bool
	// DeleteFirst says that a replacement begins with the deletion, so that for a
	// while there is none.
	DeleteFirst bool
	// Leftover marks the deletion of what an earlier, interrupted up had replaced.
	// The plan then has another step for the same URN.
	Leftover bool
}

// Diagnostic is a message of the engine, a provider or the program.
type Diagnostic struct {
	Severity string // info, warning or error
	URN      string // "" if it is about no resource
	Message  string // without colours
}

// Plan is what one preview says.
type Plan struct {
	// Stack and Project are whose preview it is.
	Stack, Project string
	// Steps are sorted by URN. Resources that would stay the same are among them.
	Steps []Step
	// Diagnostics are the warnings and errors, in the order in which they came.
	Diagnostics []Diagnostic
	// Announced is what gates say that they would do, and how much of it.
	Announced []Diagnostic
	// Config is the stack's configuration, keys with their namespace; secrets
	// are Secret. Empty if the engine did not say.
	Config map[string]string
	// Duration is how long the preview took, in whole seconds.
	Duration time.Duration
	// Failed says that the preview came to no good end, so that steps may be
	// missing and nothing may be concluded from their absence.
	Failed bool
}

// Count is the number of resources by what would happen to them, components and the
// engine's own resources (the stack, its providers) left out.
func (p *Plan) Count() map[Op]int {
	count := map[Op]int{}
	for _, step := range p.Steps {
		if step.counts() {
			count[step.Op]++
		}
	}
	return count
}

// Changed reports whether `pulumi up` would change any resource.
func (p *Plan) Changed() bool {
	return slices.ContainsFunc(p.Steps, func(s Step) bool { return s.counts() && s.changes() })
}

// Replaced are the resources that would be replaced, without those that are
// [Step.Renewed].
func (p *Plan) Replaced() []Step {
	return p.filter(func(s Step) bool { return s.Op == Replace && s.counts() && !s.Renewed() })
}

// Deleted are the resources that would be deleted.
func (p *Plan) Deleted() []Step {
	return p.filter(func(s Step) bool { return s.Op == Delete && s.counts() })
}

// OfType are the steps of resources with this type token that will be there after
// the up.
func (p *Plan) OfType(token string) []Step {
	return p.filter(func(s Step) bool { return s.Type == token && s.New != nil })
}

func (p *Plan) filter(keep func(Step) bool) []Step {
	var found []Step
	for _, step := range p.Steps {
		if keep(step) {
			found = append(found, step)
		}
	}
	return found
}

// Renewed reports whether a replacement costs nothing: a ConfigMap gets a new name and
// stands beside the old one, which goes when nothing uses it any more. That is how a
// new configuration reaches pods, and no reason to be alarmed.
func (s Step) Renewed() bool {
	return s.Op == Replace && s.Type == configMap && !s.DeleteFirst
}

// String names the resource in messages.
func (s Step) String() string {
	kind := s.Type[strings.LastIndex(s.Type, ":")+1:]
	return kind + " " + s.Name
}

// counts leaves out what is no resource of anybody's: the stack, providers, and
// components, which are their children.
func (s Step) counts() bool {
	return !s.Component && !strings.HasPrefix(s.Type, "pulumi:")
}

func (s Step) changes() bool {
	return s.Op != Same && s.Op != Read && s.Op != Refresh
}

// Types of resources that the package knows more about.
const (
	configMap   = "kubernetes:core/v1:ConfigMap"
	statefulSet = "kubernetes:apps/v1:StatefulSet"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
