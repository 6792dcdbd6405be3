package main

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The files of the released stacks, and copies of them, are brought to the cluster that is
// meant, and one that is there already is left as it is.
func TestPlace(t *testing.T) {
	read := func(stack string) string {
		text, err := os.ReadFile(filepath.Join("..", "Pulumi."+stack+".yaml"))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const away = "config:\n  kafka-kraft:context: minikube\n  kafka-kraft:storage:\n    mode: shared\n"
	ci := strings.Replace(read("ci"), "context: kafka-kraft-local", "context: prod", 1)
	for name, c := range map[string]struct{ file, context, registry, want string }{
		"here":                        {"  kafka-kraft:context: kafka-kraft-local\n", "", "", ""},
		"to Minikube":                 {"config:\n  kafka-kraft:storage:\n    node: kafka-kraft-1\n", "minikube", "", "-context minikube -registry  -set storage.node="},
		"to Minikube, by registry":    {"", "minikube", "ghcr.io/me", "-context minikube -registry ghcr.io/me"},
		"to Minikube, by a node":      {"    node: m02\n", "minikube", "", "-context minikube -registry "},
		"home, with a shared volume":  {away, "", "", "-context kafka-kraft-local -registry localhost:5050 -set storage.node=kafka-kraft-1"},
		"home, with a node named":     {away + "    node: other\n", "", "", "-context kafka-kraft-local -registry localhost:5050"},
		"home, with a claim per pod":  {ci, "", "", "-context kafka-kraft-local -registry localhost:5050"},
		"another that begins like it": {"  kafka-kraft:context: kafka-kraft-local-2\n", "", "", "-context kafka-kraft-local -registry localhost:5050"},
	} {
		if got := strings.Join(placeOf(c.file, c.context, c.registry), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// Every command knows its own flags, and says what is wrong in the words of make.
func TestCommandLines(t *testing.T) {
	for line, want := range map[string]string{
		"up -registry ghcr.io/me":         "only with CONTEXT",
		"scale":                           "BROKERS=4 or CONTROLLERS=5",
		"scale -brokers four":             "BROKERS=\"four\": must be a number",
		"scale -brokers 4 -controllers 0": "CONTROLLERS=\"0\"",
		"restart -only observers":         "ONLY=\"observers\": must be brokers or controllers",
		"up -stack none":                  "Pulumi.none.yaml",
		"up -records delete":              "-records",
		"cluster-up -stack dev":           "-stack",
		"purge":                           "YES=1",
		"bench -pairs -1":                 "PAIRS=-1",
		"node -node 99 -do break":         "DO=\"break\"",
		"status extra":                    "everything is a flag",
		"nonsense":                        "make help",
		"preview -registry x -output":     "output",
	} {
		words := strings.Fields(line)
		act := commands[words[0]]
		var err error
		if act == nil {
			err = run(t.Context(), words)
		} else {
			f := &flags{FlagSet: flag.NewFlagSet(words[0], flag.ContinueOnError), args: words[1:]}
			f.SetOutput(io.Discard)
			a := testApp(t)
			err = act(a, t.Context(), f)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", line, err, want)
		}
	}
}
