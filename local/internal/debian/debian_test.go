package debian

import (
	"slices"
	"testing"
)

func TestMissing(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status string
		want   []string
	}{
		"all there":           {"a ii \nb ii \n", nil},
		"never heard of":      {"a ii \n", []string{"b"}},
		"removed, not purged": {"a rc \nb ii \n", []string{"a"}},
		"half installed":      {"a ii \nb iHR\n", []string{"b"}},
		"nothing":             {"", []string{"a", "b"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := missing([]string{"a", "b"}, c.status); !slices.Equal(got, c.want) {
				t.Errorf("missing = %v, want %v", got, c.want)
			}
		})
	}
}
