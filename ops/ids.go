package ops

import (
	"fmt"
	"slices"
	"strings"
)

// Range is the node ids of a pool: First, and all up to End, which is no part of it. Nodes
// outside are neither taken in nor taken out.
type Range struct{ First, End int32 }

// Has reports whether the id is in the range.
func (r Range) Has(id int32) bool { return id >= r.First && id < r.End }

// check returns what is wrong with a list of ids of the range.
func (r Range) check(what string, ids []int32) []string {
	var reasons []string
	if r.First < 0 || r.End <= r.First {
		return []string{fmt.Sprintf("the range of ids %d to %d is empty", r.First, r.End)}
	}
	seen := map[int32]bool{}
	for _, id := range ids {
		if !r.Has(id) {
			reasons = append(reasons, fmt.Sprintf("%s %d is not in the range of ids %d to %d", what, id, r.First, r.End-1))
		}
		if seen[id] {
			reasons = append(reasons, fmt.Sprintf("%s %d is named twice", what, id))
		}
		seen[id] = true
	}
	return reasons
}

// list is ids for people: "0, 1, 2".
func list(ids []int32) string {
	words := make([]string, len(ids))
	for i, id := range ids {
		words[i] = fmt.Sprint(id)
	}
	return strings.Join(words, ", ")
}

// several is ids with their noun: "broker 1", "brokers 1, 2".
func several(noun string, ids []int32) string {
	if len(ids) == 1 {
		return noun + " " + list(ids)
	}
	return noun + "s " + list(ids)
}

// count is a number with its noun: "1 replica", "2 replicas".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// without is a list less the ids of another, in its order.
func without(ids, less []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(ids), func(id int32) bool { return slices.Contains(less, id) })
}

// meet reports whether two lists share an id.
func meet(a, b []int32) bool {
	return slices.ContainsFunc(a, func(id int32) bool { return slices.Contains(b, id) })
}

// sorted are the ids in order, each once.
func sorted(ids []int32) []int32 {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}

// name is how Kafka names a partition.
func name(topic string, index int32) string { return fmt.Sprintf("%s-%d", topic, index) }
