package review

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

type m = map[string]any

func TestChanges(t *testing.T) {
	for name, test := range map[string]struct {
		before, after m
		want          []Change
	}{
		"none":       {m{"a": m{"b": 1.0}}, m{"a": m{"b": 1.0}}, nil},
		"value":      {m{"a": m{"b": 1.0}}, m{"a": m{"b": 2.0}}, []Change{{"a.b", 1.0, 2.0}}},
		"more":       {m{}, m{"a": "x"}, []Change{{"a", nil, "x"}}},
		"less":       {m{"a": m{"b": 1.0}}, m{}, []Change{{"a", m{"b": 1.0}, nil}}},
		"other kind": {m{"a": m{"b": 1.0}}, m{"a": "x"}, []Change{{"a", m{"b": 1.0}, "x"}}},
		"sorted":     {m{"b": 1.0, "a": 1.0}, m{"b": 2.0, "a": 2.0}, []Change{{"a", 1.0, 2.0}, {"b", 1.0, 2.0}}},
		"by number":  {m{"l": []any{"a", "b"}}, m{"l": []any{"a", "c", "d"}}, []Change{{"l[1]", "b", "c"}, {"l[2]", nil, "d"}}},
		"by name": {
			m{"l": []any{m{"name": "a", "v": 1.0}, m{"name": "b"}}},
			m{"l": []any{m{"name": "new"}, m{"name": "a", "v": 2.0}, m{"name": "b"}}},
			[]Change{{"l[a].v", 1.0, 2.0}, {"l[new]", nil, m{"name": "new"}}},
		},
		"order": {
			m{"l": []any{m{"name": "a"}, m{"name": "b"}}},
			m{"l": []any{m{"name": "b"}, m{"name": "a"}}},
			[]Change{{"l (order)", []any{"a", "b"}, []any{"b", "a"}}},
		},
		"names twice": {
			m{"l": []any{m{"name": "a"}, m{"name": "a"}}},
			m{"l": []any{m{"name": "a"}, m{"name": "b"}}},
			[]Change{{"l[1].name", "a", "b"}},
		},
		"first of a list": {m{"l": []any{}}, m{"l": []any{m{"name": "a"}}}, []Change{{"l[a]", nil, m{"name": "a"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, test.want, Step{Old: test.before, New: test.after}.Changes())
		})
	}
	assert.Empty(t, Step{New: m{"a": 1.0}}.Changes(), "made")
	assert.Empty(t, Step{Old: m{"a": 1.0}}.Changes(), "deleted")
}
