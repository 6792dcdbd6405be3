package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// said runs a command line that needs neither Pulumi nor a cluster.
func said(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, streams{&out, io.Discard})
	return out.String(), err
}

// One message names all that is wrong and what is allowed.
func TestBadCommandLines(t *testing.T) {
	t.Chdir(t.TempDir())
	for line, want := range map[string][]string{
		"destroy":                          {`"destroy"`, "up, preview, scale, restart, drift, status, smoke, down"},
		"up -what":                         {"-what", "-stack"},
		"up now":                           {`["now"]`, "everything is a flag", "kafka-kraft help up"},
		"up -set brokers":                  {"KEY=VALUE"},
		"scale":                            {"-brokers, -controllers or both must say"},
		"scale -brokers 0 -controllers=-1": {"-brokers 0: must be at least 1", "-controllers -1: must be at least 1"},
		"scale -brokers 4 -set moves":      {"KEY=VALUE"},
		"scale -brokers four":              {`"four"`, "-brokers"},
		"restart -only observers":          {`-only "observers": must be brokers or controllers`},
		"status -output yaml":              {`-output "yaml": must be text or json`},
		"smoke -records 0 -timeout -1s":    {"-records 0: must be 1 to", "-timeout -1s: must be positive"},
		"down -records none":               {`-records "none": must be keep or delete`},
		"preview -fail-on destroy x":       {`-fail-on "destroy": must be a list of create, update, replace and delete`, `["x"]`},
		"status -dir nowhere":              {`-dir "nowhere": must be a folder`},
		"drift -stack=":                    {"-stack is empty"},
		"help me":                          {`"me"`, "preview", "environment"},
	} {
		_, err := said(t, strings.Fields(line)...)
		require.Error(t, err, line)
		for _, part := range want {
			assert.Contains(t, err.Error(), part, line)
		}
	}
}

func TestHelp(t *testing.T) {
	text, err := said(t)
	require.NoError(t, err)
	for _, c := range commands() {
		assert.Contains(t, text, "kafka-kraft "+c.name)
		if c.name == "help" {
			continue
		}
		flags, err := said(t, "help", c.name)
		require.NoError(t, err)
		assert.Contains(t, flags, "-stack", c.name)
		asked, err := said(t, c.name, "-h")
		require.ErrorIs(t, err, flag.ErrHelp)
		assert.Contains(t, flags, asked, c.name)
	}
	for name, topic := range topics {
		assert.Contains(t, text, name)
		said, err := said(t, "help", name)
		require.NoError(t, err)
		assert.Equal(t, topic, said)
	}
	assert.Contains(t, topics["configuration"], "stopGateSeconds")
}

// The exit code tells an answer from the lack of one.
func TestExitCodes(t *testing.T) {
	t.Parallel()
	for want, errs := range map[int][]error{
		0:           {nil, flag.ErrHelp},
		exitFailed:  {errors.New("x"), &automation.Error{Kind: automation.ErrLocked}},
		exitRefused: {refusal{errors.New("x")}, &automation.Error{Kind: automation.ErrPolicy}},
		exitDrift:   {fmt.Errorf("dev: %w", errDrift)},
		exitStopped: {cutRestart{&automation.Error{Kind: automation.ErrCanceled}}, context.Canceled, &automation.Error{Kind: automation.ErrCanceled}},
	} {
		for _, err := range errs {
			assert.Equal(t, want, report(err, io.Discard), "%v", err)
		}
	}
}

// Advice that names options of package automation names flags here.
func TestWords(t *testing.T) {
	t.Parallel()
	_, err := automation.Open(t.Context(), "dev", automation.Options{Pulumi: "/nowhere/pulumi", Backend: "file://" + t.TempDir(), Passphrase: "x"})
	require.Error(t, err)
	assert.Contains(t, err.Error(), "Options.")
	assert.NotContains(t, words(err), "Options.")
	assert.NotContains(t, words(errors.New("the configuration is Options.Config: change it there, then Up")), "Options.")
}

func TestMembersInWords(t *testing.T) {
	t.Parallel()
	c := config.Default()
	assert.Equal(t, "3 nodes, each broker and controller", members(c))
	c.Topology, c.Brokers = topology.Separated, 1
	assert.Equal(t, "1 broker and 3 controllers", members(c))
}
