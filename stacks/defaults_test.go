package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
)

// A stack that says nothing runs its pods as the component does that is told nothing.
func TestDefaultsAreTheComponents(t *testing.T) {
	s := stackOf(t, combinedKeys)
	want := kafka.Defaults(s.plan)
	want.Metrics = true                       // what nobody asks for costs an embedder no memory
	want.StopGateSeconds = &s.StopGateSeconds // as much as the component makes of nothing
	assert.Equal(t, want, s.settings())
	assert.Equal(t, want.GraceSeconds-120, s.StopGateSeconds)
}
