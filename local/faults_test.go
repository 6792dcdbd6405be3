package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultPattern(t *testing.T) {
	for cases, want := range map[string]string{
		"":                     "^Test",
		"DeadNode":             "^Test(DeadNode)$",
		"TestDeadNode, Growth": "^Test(DeadNode|Growth)$",
	} {
		got, err := faultPattern(cases)
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
	_, err := faultPattern("a,")
	require.ErrorContains(t, err, "CASES")
}
