package main

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
)

// The state of another cluster's stack is all that anybody knows of it.
func TestPurgeRefusesOthersState(t *testing.T) {
	root := t.TempDir()
	a := &app{yes: "1", home: home.Home{Data: filepath.Join(root, "data"), Cache: filepath.Join(root, "cache"), Run: filepath.Join(root, "run")}}
	stacks := filepath.Join(a.home.PulumiState(), ".pulumi", "stacks", "kafka-kraft")
	require.NoError(t, os.MkdirAll(stacks, 0o700))
	write := func(name, resources string) {
		text := fmt.Sprintf(`{"version":3,"checkpoint":{"latest":{"resources":[%s]}}}`, resources)
		require.NoError(t, os.WriteFile(filepath.Join(stacks, name+".json"), []byte(text), 0o600))
	}
	provider := func(kubeContext string) string {
		return fmt.Sprintf(`{"type":"pulumi:providers:kubernetes","inputs":{"context":%q}}`, kubeContext)
	}
	write("dev", provider(localContext))
	write("empty", "")
	found, err := stacksElsewhere(a.home.PulumiState())
	require.NoError(t, err)
	require.Empty(t, found)
	require.NoError(t, a.mayPurge())
	require.ErrorContains(t, (&app{home: a.home}).mayPurge(), "YES=1")

	write("prod", provider("team-production"))
	require.ErrorContains(t, a.mayPurge(), "prod (context team-production)")

	none, err := stacksElsewhere(filepath.Join(root, "nowhere"))
	require.NoError(t, err)
	require.Empty(t, none)
}
