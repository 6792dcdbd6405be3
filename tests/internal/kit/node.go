package kit

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// nodePrefix begins the names of the local cluster's nodes; their number follows.
const nodePrefix = "kafka-kraft-"

// Node does to a node of the local cluster what `make node DO=…` does: stop, kill, start,
// cut or join. At the end of the test, the cluster has all its nodes again.
func (c *Cluster) Node(t *testing.T, name, do string) {
	t.Helper()
	number, err := strconv.Atoi(strings.TrimPrefix(name, nodePrefix))
	if err != nil {
		t.Fatalf("node %s is none of the local cluster's: %v", name, err)
	}
	run := func(do string) error {
		command := exec.Command("go", "run", "-C", "local", ".", "node", "-node", strconv.Itoa(number), "-do", do)
		command.Dir = Repo(t)
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("node %s, %s: %w: %s", name, do, err, out)
		}
		return nil
	}
	if do != "start" && do != "join" {
		t.Cleanup(func() { // starting what runs does nothing, and a cable that is in stays in
			if err := run("start"); err != nil {
				t.Error(err)
			}
		})
	}
	t.Logf("node %s: %s", name, do)
	if err := run(do); err != nil {
		t.Fatal(err)
	}
}
