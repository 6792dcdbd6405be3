package topicname

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProblem(t *testing.T) {
	for _, name := range []string{"a", "orders", "Orders.v1_x-2", "...", "__mine", strings.Repeat("a", 249)} {
		assert.Empty(t, Problem(name), name)
	}
	for _, name := range []string{"", ".", "..", "a b", "a/b", "ä", "a:b", strings.Repeat("a", 250), "__consumer_offsets"} {
		assert.NotEmpty(t, Problem(name), name)
	}
}

func TestMetric(t *testing.T) {
	assert.Equal(t, Metric("a.b_c"), Metric("a_b.c"))
	assert.NotEqual(t, Metric("a.b"), Metric("a-b"))
}
