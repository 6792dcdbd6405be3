package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/local/internal/cluster"
	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
)

// The state of another cluster's stack is all that anybody knows of it.
func TestPurgeRefusesOthersState(t *testing.T) {
	a := &app{home: home.Home{Data: filepath.Join(t.TempDir(), "data")}}
	refused := func(yes, want string) {
		t.Helper()
		err := a.mayPurge(yes)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("mayPurge(%q): %v, want %q", yes, err, want)
		}
	}
	refused("1", "") // nothing is there
	stacks := filepath.Join(a.home.PulumiState(), ".pulumi", "stacks", "kafka-kraft")
	if err := os.MkdirAll(stacks, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, resources string) {
		text := fmt.Sprintf(`{"version":3,"checkpoint":{"latest":{"resources":[%s]}}}`, resources)
		if err := os.WriteFile(filepath.Join(stacks, name+".json"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	provider := func(kubeContext string) string {
		return fmt.Sprintf(`{"type":"pulumi:providers:kubernetes","inputs":{"context":%q}}`, kubeContext)
	}
	write("dev", provider(cluster.ContextName))
	write("empty", "")
	refused("1", "")
	refused("", "YES=1")
	write("prod", provider("team-production"))
	refused("1", "prod (context team-production)")
	if err := os.WriteFile(filepath.Join(stacks, "old.json.gz"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	refused("1", "old (compressed")
}
