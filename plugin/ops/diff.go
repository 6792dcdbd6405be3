package ops

import (
	"reflect"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Outcome is what a gate remembers of the last time that it was gone through.
type Outcome struct {
	// Opened are the ids that it last stood open for.
	Opened []int32 `pulumi:"opened,optional"`
	// Pending says that it was cut off, or let through what must not wait, so that it is gone
	// through again though no input differs. The engine does so by itself only for a gate that
	// failed, and forgets that when a refresh finds nothing wrong.
	Pending bool `pulumi:"pending,optional"`
}

// Annotate describes the outputs in the provider's schema.
func (o *Outcome) Annotate(a infer.Annotator) {
	a.Describe(&o.Opened, "Ids of the nodes that the gate last stood open for.")
	a.Describe(&o.Pending, "The gate did not do all that it is for, and the next up goes through it again.")
}

func (o *Outcome) open(ids []int32) { o.Opened, o.Pending = ids, false }

// changes compares inputs, and adds what is pending. While a pool is stopped nothing can be done
// about that; its start is a change.
func changes[Args any](before, now Args, pending bool) p.DiffResponse {
	diff := map[string]p.PropertyDiff{}
	old, wanted := reflect.ValueOf(before), reflect.ValueOf(now)
	for _, field := range reflect.VisibleFields(reflect.TypeFor[Args]()) {
		tag, input := field.Tag.Lookup("pulumi")
		if !input || reflect.DeepEqual(old.FieldByIndex(field.Index).Interface(), wanted.FieldByIndex(field.Index).Interface()) {
			continue
		}
		name, _, _ := strings.Cut(tag, ",")
		diff[name] = p.PropertyDiff{Kind: p.Update, InputDiff: true}
	}
	if pending {
		diff["pending"] = p.PropertyDiff{Kind: p.Update}
	}
	return p.DiffResponse{HasChanges: len(diff) > 0, DetailedDiff: diff}
}
