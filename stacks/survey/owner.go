package survey

import (
	"fmt"
	"slices"
	"strings"
)

// Self is what a stack knows of itself before it changes anything.
type Self struct {
	// Owner is the stack's full name.
	Owner string
	// Context is the Kubernetes context that it works in.
	Context string
	// ClusterID is the Kafka cluster id in its state; "" in the preview of a stack that
	// has none yet.
	ClusterID string
	// Complete reports whether it ever came to its end: then it made what is there.
	Complete bool
	// Adopts reports whether its configuration names an existing cluster id.
	Adopts bool
	// Creates reports whether it makes its namespace.
	Creates bool
}

// Foreign is the error with all that the stack would take over from others, nil if
// there is nothing.
//
// Kubernetes plugins differ in what they do about an object that exists when they are to
// create it: some take it over without a word, some refuse, one object after the other,
// when half of the stack is made. So it is judged here, for all objects at once.
func (f Found) Foreign(self Self, wanted Wanted) error {
	var foreign []Object
	var lines []string
	add := func(o Object, why string) {
		foreign = append(foreign, o)
		lines = append(lines, fmt.Sprintf("  %s %s", o, why))
	}
	running := f.ClusterID()
	if running != "" && running != self.ClusterID {
		for name, set := range f.Sets {
			if set.ClusterID == running {
				add(f.object("statefulset", name), fmt.Sprintf("runs Kafka cluster %s, which is not this stack's%s", running, f.madeBy(name)))
			}
		}
		slices.Sort(lines)
	}
	// What says nothing of its owner was made by an earlier release, or by a person. Of
	// a stack that was complete, or whose own cluster runs there, it can be its own.
	own := self.Complete || running != "" && running == self.ClusterID && !self.Adopts
	adopted := self.Adopts && running == "" // what an earlier release left, by its cluster id
	for _, o := range f.Objects {
		switch {
		case slices.Contains(foreign, o):
		case f.controllers(o, self, wanted):
		case o.Owner != "" && o.Owner != self.Owner:
			add(o, "was made by stack "+o.Owner)
		case o.Owner == "" && (o.Cluster != wanted.Cluster || !own && !adopted):
			add(o, "was not made by this stack")
		}
	}
	if n := f.Namespace; n != nil && self.Creates {
		switch {
		case n.Owner != "" && n.Owner != self.Owner:
			add(*n, "was made by stack "+n.Owner)
		case n.Owner == "" && !own && (!adopted || len(f.Others) > 0 || len(f.Bound()) == 0):
			add(*n, "was there before this stack")
		}
	}
	if len(lines) == 0 {
		return nil
	}
	names := make([]string, len(foreign))
	for i, o := range foreign {
		names[i] = o.String()
	}
	ways := []string{"choose another kafka-kraft:clusterName and kafka-kraft:namespace"}
	if n := f.Namespace; n != nil && slices.Equal(foreign, []Object{*n}) {
		ways = []string{"choose another kafka-kraft:namespace, or use this one as it is with kafka-kraft:createNamespace false"}
	}
	if running != "" && running != self.ClusterID {
		ways = append(ways, fmt.Sprintf("if it is this stack's own cluster, whose state was lost, set kafka-kraft:clusterId %s", running))
	}
	ways = append(ways, fmt.Sprintf("to take it over on purpose: kubectl --context %s annotate --overwrite -n %s %s %s=%s",
		self.Context, wanted.Namespace, strings.Join(names, " "), OwnerAnnotation, self.Owner))
	return fmt.Errorf("stack %s would take over what it did not make; nothing was changed:\n%s\nThe ways on:\n  %s",
		self.Owner, strings.Join(lines, "\n"), strings.Join(ways, "\n  "))
}

// controllers reports whether a claim was made by the controller of a StatefulSet of this
// stack, which says nothing of an owner: the record beside it does.
func (f Found) controllers(o Object, self Self, wanted Wanted) bool {
	return o.Kind == claimKind && o.Owner == "" && o.Cluster == wanted.Cluster && f.Record != nil && f.Record.Owner == self.Owner
}

// object is the one of this name, as far as it is known.
func (f Found) object(kind, name string) Object {
	for _, o := range f.Objects {
		if o.Kind == kind && o.Name == name {
			return o
		}
	}
	return Object{Kind: kind, Name: name}
}

func (f Found) madeBy(set string) string {
	if owner := f.object("statefulset", set).Owner; owner != "" {
		return " (stack " + owner + " made it)"
	}
	return ""
}
