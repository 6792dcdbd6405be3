package kit

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Drop makes everything vanish that a pod sends to a port, until the returned function is
// called or the test ends.
func (k *Kafka) Drop(t *testing.T, pod, protocol, port string) (restore func()) {
	t.Helper()
	rule := func(do string) error {
		pid, err := k.process(context.Background(), pod) // another one after a restart, in the same network
		if err != nil {
			return err
		}
		command := exec.Command("nsenter", "--target", pid, "--net", "iptables", "--wait", do, "OUTPUT",
			"--protocol", protocol, "--destination-port", port, "--jump", "DROP")
		if out, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", command, err, out)
		}
		return nil
	}
	if err := rule("--append"); err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: what goes to %s port %s is dropped", pod, protocol, port)
	dropped := true
	restore = func() {
		if dropped {
			dropped = false
			if err := rule("--delete"); err != nil {
				t.Errorf("mending the network: %v", err)
			}
		}
	}
	t.Cleanup(restore)
	return restore
}

// KillAgent kills the first process of a pod, on whom all others depend.
func (k *Kafka) KillAgent(t *testing.T, pod string) {
	t.Helper()
	pid, err := k.process(t.Context(), pod)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("kill", "-KILL", pid).CombinedOutput(); err != nil {
		t.Fatalf("killing the agent of %s: %v: %s", pod, err, out)
	}
}

// process is the agent of a pod, as this machine, on which all nodes of the local cluster
// run, numbers it.
func (k *Kafka) process(ctx context.Context, pod string) (string, error) {
	uid, err := k.UID(ctx, pod)
	if err != nil {
		return "", err
	}
	groups, err := filepath.Glob("/proc/[0-9]*/cgroup")
	if err != nil {
		return "", fmt.Errorf("processes: %w", err)
	}
	for _, group := range groups {
		text, err := os.ReadFile(group)
		if err != nil || !strings.Contains(strings.ReplaceAll(string(text), "_", "-"), uid) {
			continue // others come and go
		}
		process := filepath.Dir(group)
		if name, err := os.ReadFile(filepath.Join(process, "comm")); err == nil && strings.TrimSpace(string(name)) == "kafka-agent" {
			return filepath.Base(process), nil
		}
	}
	return "", errors.New("no process of pod " + pod + " is on this machine")
}
