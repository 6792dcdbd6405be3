package username

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestProblem(t *testing.T) {
	for name, says := range map[string]string{
		"orders": "", "orders-2.eu": "", strings.Repeat("a", 64): "",
		"kafka-node": "the cluster's own", "kafka-admin": "the cluster's own",
		"": "lower-case letters", "Orders": "lower-case letters", "a_b": "lower-case letters", "a/b": "lower-case letters", "-a": "lower-case letters",
		strings.Repeat("a", 65): "has 65 characters",
	} {
		problem := Problem(name, "kafka-user-"+name)
		assert.Equal(t, says == "", problem == "", "%q: %s", name, problem)
		assert.Contains(t, problem, says, name)
	}
	assert.Contains(t, Problem("a", strings.Repeat("k", 254)), "longer than 253")
}
