package docker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// An engine leaves its firewall rules and its bridge behind when it stops, and sets the
// policy of FORWARD to DROP. What the firewall looked like before our first start is
// kept, so that a purge takes away what we brought and nothing else.

// before is the file that says what the firewall was: the policy of FORWARD, and
// "docker" if an engine had been here before ours.
func (f Folders) before() string { return filepath.Join(f.Data, "kafka-kraft-firewall-before") }

func rememberFirewall(ctx context.Context, f Folders) error {
	if _, err := os.Stat(f.before()); err == nil {
		return nil
	}
	rules, err := process.Run(ctx, "iptables", "--wait", "-S")
	if err != nil {
		return err
	}
	return process.WriteFile(f.before(), []byte(firewallState(rules)), 0o600)
}

// firewallState condenses the output of "iptables -S" to what is kept.
func firewallState(rules string) string {
	state := "ACCEPT"
	if strings.Contains(rules, "-P FORWARD DROP") {
		state = "DROP"
	}
	if strings.Contains(rules, "-N DOCKER") {
		state += " docker"
	}
	return state
}

func forgetFirewall(ctx context.Context, f Folders) error {
	state, err := os.ReadFile(f.before())
	if errors.Is(err, os.ErrNotExist) {
		return nil // we never started one
	}
	if err != nil {
		return err
	}
	policy, engine, _ := strings.Cut(string(state), " ")
	if engine != "" {
		return nil // another engine's rules, it goes on using them
	}
	if others, err := process.Named("dockerd"); err != nil || len(others) > 0 {
		return err // another engine has been started since
	}
	var errs []error
	for _, table := range []string{"filter", "nat"} {
		rules, err := process.Run(ctx, "iptables", "--wait", "-t", table, "-S")
		errs = append(errs, err)
		for _, undo := range withoutDocker(rules) {
			_, err := process.Run(ctx, append([]string{"iptables", "--wait", "-t", table}, undo...)...)
			errs = append(errs, err)
		}
	}
	_, err = process.Run(ctx, "iptables", "--wait", "-P", "FORWARD", policy)
	errs = append(errs, err)
	if _, err := process.Run(ctx, "ip", "link", "show", "docker0"); err == nil {
		_, err := process.Run(ctx, "ip", "link", "delete", "docker0")
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// withoutDocker turns the output of "iptables -S" into the commands that take Docker's
// rules and chains away: first every rule that names them, then the chains.
func withoutDocker(rules string) [][]string {
	var deletes, flushes, chains [][]string
	for line := range strings.Lines(rules) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch {
		case fields[0] == "-N" && strings.HasPrefix(fields[1], "DOCKER"):
			flushes = append(flushes, []string{"-F", fields[1]})
			chains = append(chains, []string{"-X", fields[1]})
		case fields[0] == "-A" && !strings.HasPrefix(fields[1], "DOCKER") && docker(fields[2:]):
			deletes = append(deletes, append([]string{"-D"}, fields[1:]...))
		}
	}
	return append(append(deletes, flushes...), chains...)
}

// docker reports whether a rule speaks of Docker's chains or bridge.
func docker(rule []string) bool {
	return slices.ContainsFunc(rule, func(word string) bool { return word == "docker0" || strings.HasPrefix(word, "DOCKER") })
}
