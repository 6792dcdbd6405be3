package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlace(t *testing.T) {
	for name, c := range map[string]struct {
		place place
		node  string
		want  string // empty: well
	}{
		"nothing known":                {place{}, "", ""},
		"nothing known, one named":     {place{}, "a", ""},
		"the only node":                {place{nodes: []string{"a"}}, "", ""},
		"the only node, named":         {place{nodes: []string{"a"}}, "a", ""},
		"one of two":                   {place{nodes: []string{"a", "b"}}, "b", ""},
		"where its pods are":           {place{nodes: []string{"a", "b"}, used: []string{"b"}}, "b", ""},
		"none of two":                  {place{nodes: []string{"a", "b"}}, "", "must name the node with the shared volume's directory, one of a, b"},
		"grown while it ran":           {place{nodes: []string{"a", "b"}, used: []string{"a"}}, "", "its pods, and so its records, are on a"},
		"no such node":                 {place{nodes: []string{"a", "b"}}, "c", "is no node of this cluster, which has a, b"},
		"away from where the pods are": {place{nodes: []string{"a", "b"}, used: []string{"a"}}, "b", "is another node than the one in use; its pods, and so its records, are on a"},
	} {
		t.Run(name, func(t *testing.T) {
			err := c.place.check(c.node).Err()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, "kafka-kraft:storage.node: ")
			assert.ErrorContains(t, err, c.want)
		})
	}
}
