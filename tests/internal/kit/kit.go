// Package kit is what the suites under tests/ share: the real Pulumi engine, the
// local Kubernetes cluster, stacks of their own, and a client for each stack's
// Kafka.
//
// Whatever a test makes is called kk-test-… (stack, namespace, volume, directory),
// so that nothing of the user's can be meant, and so that a run that was killed can
// be cleaned up after by the next one. Pulumi's state goes to a folder of the test.
//
// Nothing is skipped for want of a tool or a cluster: a test that cannot run fails.
// Only `go test -short` (make test-short) leaves these suites out.
package kit

import (
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// prefix begins the name of everything that tests make.
const prefix = "kk-test-"

// Context is the kubeconfig context that the tests work in, and no other.
const Context = "kafka-kraft-local"

// Registry is the local cluster's, as the docker engine names it.
const Registry = "localhost:5050"

// Engine makes sure that the Pulumi CLI is there.
func Engine(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("left out by -short: needs the Pulumi engine; make test runs it")
	}
	if _, err := exec.LookPath("pulumi"); err != nil {
		t.Fatalf("%v: run `make test`, or `eval \"$(make -s env)\"` before go test", err)
	}
}

// name makes a name of the test's own.
func name(purpose string) string {
	const letters = "bcdfghjklmnpqrstvwxz0123456789"
	random := make([]byte, 5)
	for i := range random {
		random[i] = letters[rand.IntN(len(letters))] //nolint:gosec // a name, not a secret
	}
	return prefix + purpose + "-" + string(random)
}

// Repo is the root of the checkout.
func Repo(t *testing.T) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("no caller information")
	}
	root := filepath.Join(filepath.Dir(file), "..", "..", "..")
	if _, err := os.Stat(filepath.Join(root, "Pulumi.yaml")); err != nil {
		t.Fatalf("not a checkout: %v", err)
	}
	return root
}

// Eventually asks until the condition answers nil, and fails the test with its last
// answer when the time is over. Unlike testify's, it tells what was wrong.
func Eventually(t *testing.T, within time.Duration, what string, condition func() error) {
	t.Helper()
	begin := time.Now()
	said := begin
	for {
		err := condition()
		if err == nil {
			t.Logf("%s: after %s", what, since(begin))
			return
		}
		if time.Since(begin) > within {
			t.Fatalf("%s: not within %s: %v", what, within, err)
		}
		if time.Since(said) > 15*time.Second {
			t.Logf("%s: not yet (%s): %v", what, since(begin), err)
			said = time.Now()
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("%s: interrupted: %v", what, err)
		case <-time.After(100 * time.Millisecond):
		}
	}
}

func since(begin time.Time) time.Duration { return time.Since(begin).Round(100 * time.Millisecond) }
