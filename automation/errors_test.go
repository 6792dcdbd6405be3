package automation

import (
	"errors"
	"os"
	"testing"

	"github.com/blang/semver"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"
)

func TestErrorsHaveKindAndCause(t *testing.T) {
	cause := errors.New("because")
	err := (&Stack{name: "dev"}).fail("up", ErrTimeout, cause, "Do this.")
	assert.ErrorIs(t, err, ErrTimeout)
	assert.ErrorIs(t, err, cause)
	assert.EqualError(t, err, "stack dev: up: not ready in time: because\nDo this.")
}

// Whoever uses the CLI without this package is told the same by Pulumi itself.
func TestMinimumCLIIsTheProjects(t *testing.T) {
	written, err := os.ReadFile("../Pulumi.yaml")
	require.NoError(t, err)
	var project struct{ RequiredPulumiVersion string }
	require.NoError(t, yaml.Unmarshal(written, &project))
	assert.Equal(t, ">="+minimumCLI.String(), project.RequiredPulumiVersion)
	allowed, err := semver.ParseRange(project.RequiredPulumiVersion)
	require.NoError(t, err)
	assert.True(t, allowed(semver.MustParse("3.246.0-dev.0")), "a CLI that was built from source")
	assert.False(t, allowed(semver.MustParse("3.237.0")))
}
