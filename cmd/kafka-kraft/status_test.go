package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

var now = time.Date(2026, 11, 29, 9, 0, 0, 0, time.UTC)

func written(t *testing.T, s automation.Status) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, writeStatus(&out, s, now, false))
	return out.String()
}

func TestWriteStatus(t *testing.T) {
	t.Parallel()
	text := written(t, automation.Status{
		Stack: "ci", Context: "minikube",
		Outputs: stacks.Outputs{BootstrapServers: "b:9092", Namespace: "n"},
		Pods: []automation.Pod{
			{Name: "ci-kafka-controller-0", Role: "controller", Node: "node-1", Ready: true, JVMRestarts: 1, LastJVMRestart: time.Date(2026, 11, 29, 1, 2, 3, 0, time.UTC), CertificateUntil: now.AddDate(0, 0, 82).Add(time.Hour)},
			{Name: "ci-kafka-broker-0", Role: "broker", Why: "no node has room", Restarts: 2, CertificateUntil: now.Add(40 * time.Hour)},
		},
		Wrong: []string{"broker 3 is fenced", "pod ci-kafka-broker-0 is not ready:\nno node has room"},
		Members: &automation.Members{
			Levels:      map[string]int16{"metadata.version": 30, "group.version": 1, "kraft.version": 1},
			Replication: &automation.Replication{Partitions: 120, UnderMinISR: -1, UnderReplicated: 4},
			Groups:      []automation.Group{{ID: "late", State: "Empty", Lag: 123456}, {ID: "odd", State: "Stable", Lag: -1}},
			Moving:      []automation.Move{{Topic: "orders", Partition: 7, To: []int32{0, 1}, From: []int32{3}}},
			Brokers: []automation.Broker{
				{ID: 0, Pod: "ci-kafka-broker-0", State: automation.Serves, Replicas: 12, Leads: 7, Bytes: 3 << 30, Free: 1 << 30, Rack: "a"},
				{ID: 3, State: automation.Fenced, Cordoned: true, Replicas: -1, Leads: -1, Bytes: -1, Free: -1},
			},
			Controllers: []automation.Controller{
				{ID: 1000, Pod: "ci-kafka-controller-0", State: automation.Leads},
				{ID: 1001, Host: "ci-kafka-controller-1.ci-kafka-headless.n.svc.cluster.local:9093", State: automation.Votes, Lag: 12, Behind: time.Minute},
				{ID: 1002, Pod: "ci-kafka-controller-2", State: automation.Missing, Lag: -1, Behind: -1},
			},
		},
		Claims: []automation.Claim{
			{Name: "data-ci-kafka-broker-0", Wanted: "6Gi", Size: "5Gi", Phase: "Bound"},
			{Name: "data-ci-kafka-broker-3", Wanted: "6Gi", Phase: "Pending", Spare: true},
		},
		Ghosts:  []automation.Ghost{{Kind: "broker", Name: "3", Advice: "is registered without a pod, beyond the configuration: up forgets it"}},
		Unknown: []automation.Unknown{{Part: "replicas", Why: "no answer\nwithin 10s"}},
	})
	assert.Equal(t, `Stack ci, context minikube
WRONG: broker 3 is fenced
WRONG: pod ci-kafka-broker-0 is not ready: no node has room

bootstrapServers  b:9092
namespace         n

POD                    ROLES       NODE    RESTARTS                           CERTIFICATE  READY
ci-kafka-controller-0  controller  node-1  0 + 1 (JVM, 2026-11-29 01:02 UTC)  82 days      yes
ci-kafka-broker-0      broker              2                                  40 h         no: no node has room

BROKER  POD                STATE                              REPLICAS  LEADS  ON DISK  FREE     RACK
0       ci-kafka-broker-0  serves                             12        7      3.0 GiB  1.0 GiB  a
3       -                  fenced, cordoned, beyond the plan  ?         ?      ?        ?        -

CONTROLLER  POD                                        STATE                                LAG
1000        ci-kafka-controller-0                      leads                                0
1001        ci-kafka-controller-1.ci-kafka-headless.n  votes, 1m0s behind, beyond the plan  12
1002        ci-kafka-controller-2                      missing                              ?

PARTITIONS  OFFLINE  UNDER MIN ISR  UNDER-REPLICATED
120         0        ?              4

GROUP  STATE   LAG
late   Empty   123456
odd    Stable  ?

MOVES     TO   FROM
orders-7  0,1  3

metadata.version 30, kraft.version 1

CLAIM                   WANTS  HAS  PHASE
data-ci-kafka-broker-0  6Gi    5Gi  Bound
data-ci-kafka-broker-3  6Gi    -    Pending

LEFT BEHIND  WHICH
broker 3     is registered without a pod, beyond the configuration: up forgets it

NOT KNOWN  WHY
replicas   no answer within 10s
`, text)
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, len(line), 121, line)
	}
}

func TestWriteLittle(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Stack dev, context x\nIt is stopped: no pod runs, and its records stay.\n",
		written(t, automation.Status{Stack: "dev", Context: "x", Stopped: true, Pods: []automation.Pod{}}))
	assert.Contains(t, written(t, automation.Status{Pods: []automation.Pod{}}), "\nNo pod runs.\n")
	unknown := written(t, automation.Status{Unknown: []automation.Unknown{{Part: "pods", Why: "no route"}}})
	assert.NotContains(t, unknown, "No pod runs")
	assert.Contains(t, unknown, "pods       no route")
	var moving []automation.Move
	for i := range int32(12) {
		moving = append(moving, automation.Move{Topic: "t", Partition: i})
	}
	many := written(t, automation.Status{Members: &automation.Members{Moving: moving}})
	assert.Contains(t, many, "t-9    -   -\nand 2 more\n")
	assert.Equal(t, 10, strings.Count(many, "\nt-"), fmt.Sprint(many))
}

// What is bad is red where there are colors, a whole line each, and nothing else changes.
func TestColors(t *testing.T) {
	t.Parallel()
	s := automation.Status{
		Pods:  []automation.Pod{{Name: "k-0", Ready: true}, {Name: "k-longer-1", Why: "it starts"}},
		Wrong: []string{"pod k-longer-1 is not ready: it starts"},
		Members: &automation.Members{
			Brokers:     []automation.Broker{{ID: 0, Pod: "k-0", State: automation.Serves}, {ID: 1, Pod: "k-longer-1", State: automation.Fenced}},
			Controllers: []automation.Controller{{ID: 0, Pod: "k-0", State: automation.Leads}, {ID: 1, State: automation.Missing}},
			Replication: &automation.Replication{Partitions: 9, Offline: 1},
		},
	}
	var out bytes.Buffer
	require.NoError(t, writeStatus(&out, s, now, true))
	colored := out.String()
	assert.Equal(t, written(t, s), strings.NewReplacer(red, "", plain, "").Replace(colored))
	var bad []string
	for line := range strings.Lines(colored) {
		if strings.HasPrefix(line, red) && strings.HasSuffix(line, plain+"\n") {
			bad = append(bad, strings.Fields(strings.TrimPrefix(line, red))[0])
		} else {
			assert.NotContains(t, line, "\x1b", line)
		}
	}
	assert.Equal(t, []string{"WRONG:", "k-longer-1", "1", "1", "9"}, bad)

	s = automation.Status{Pods: []automation.Pod{{Ready: true}}, Members: &automation.Members{}}
	out.Reset()
	require.NoError(t, writeStatus(&out, s, now, true))
	assert.Contains(t, out.String(), green+"All is well."+plain)
	s.Unknown = []automation.Unknown{{Part: "groups", Why: "no answer"}}
	assert.NotContains(t, written(t, s), "All is well")
}

func TestDaysLeft(t *testing.T) {
	t.Parallel()
	table := &tables{now: now}
	for until, want := range map[time.Time]string{
		{}: "-", now: "expired", now.Add(-time.Hour): "expired", now.Add(30 * time.Minute): "0 h", now.Add(47 * time.Hour): "47 h", now.Add(48 * time.Hour): "2 days",
	} {
		assert.Equal(t, want, table.left(until))
	}
}

// A watch looks until it is stopped; a look that fails ends nothing, and what is no terminal gets no escapes.
func TestWatch(t *testing.T) {
	t.Parallel()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	looks := 0
	var out bytes.Buffer
	require.NoError(t, watch(ctx, time.Millisecond, &out, func(_ context.Context, screen io.Writer) error {
		looks++
		fmt.Fprintf(screen, "look %d\n", looks)
		switch looks {
		case 1:
			return errors.New("no route")
		case 3:
			stop()
		}
		return nil
	}))
	assert.Contains(t, out.String(), "look 1\n\nerror: no route\n")
	assert.Contains(t, out.String(), "look 2\n")
	assert.NotContains(t, out.String(), "look 3", "it was stopped meanwhile")
	assert.NotContains(t, out.String(), "\x1b")
}

func TestNoColorIsHeard(t *testing.T) {
	assert.False(t, colored(&bytes.Buffer{}))
	file, err := os.Create(t.TempDir() + "/file")
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	assert.False(t, colored(file), "a file is no terminal")
	assert.True(t, wantsColor("", "xterm"))
	assert.False(t, wantsColor("1", "xterm"))
	assert.False(t, wantsColor("", "dumb"))
}
