package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// tables write a status for people. What is wide, such as the reason of a pod, stands last.
type tables struct {
	out   io.Writer
	now   time.Time
	color bool
	err   error
}

// writeStatus writes what is wrong, then all that is known, and then what is not.
func writeStatus(out io.Writer, s automation.Status, now time.Time, color bool) error {
	t := &tables{out: out, now: now, color: color}
	fmt.Fprintf(out, "Stack %s, context %s\n", s.Stack, s.Context)
	if s.Stopped {
		fmt.Fprintln(out, "It is stopped: no pod runs, and its records stay.")
	}
	t.wrong(s)
	t.outputs(s.Outputs)
	t.pods(s)
	if s.Members != nil {
		t.members(*s.Members)
	}
	t.claims(s.Claims)
	t.ghosts(s.Ghosts)
	t.unknown(s.Unknown)
	return t.err
}

// table writes rows under a head, after an empty line. No rows: nothing.
func (t *tables) table(head string, rows [][]string) {
	t.marked(head, rows, func(int) bool { return false })
}

// marked writes those rows in red that are bad. Only whole lines are: an escape within one would
// count as letters when columns are made.
func (t *tables) marked(head string, rows [][]string, bad func(row int) bool) {
	if len(rows) == 0 || t.err != nil {
		return
	}
	fmt.Fprintln(t.out)
	var text bytes.Buffer
	aligned := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	first := 0
	if head != "" {
		first = 1
		fmt.Fprintln(aligned, strings.ReplaceAll(head, ", ", "\t"))
	}
	for _, row := range rows {
		fmt.Fprintln(aligned, strings.Join(row, "\t"))
	}
	if t.err = aligned.Flush(); t.err != nil {
		return
	}
	for i, line := range strings.Split(strings.TrimSuffix(text.String(), "\n"), "\n") {
		if i >= first && bad(i-first) {
			line = t.in(red, line)
		}
		fmt.Fprintln(t.out, line)
	}
}

func (t *tables) in(color, text string) string {
	if !t.color {
		return text
	}
	return color + text + plain
}

// wrong says first what whoever looks has to know. Of a stack of which little is known it does not
// say that all is well.
func (t *tables) wrong(s automation.Status) {
	for _, sentence := range s.Wrong {
		fmt.Fprintln(t.out, t.in(red, "WRONG: "+strings.ReplaceAll(sentence, "\n", " ")))
	}
	if len(s.Wrong) == 0 && len(s.Unknown) == 0 && s.Members != nil {
		fmt.Fprintln(t.out, t.in(green, "All is well."))
	}
}

func (t *tables) outputs(o stacks.Outputs) {
	var rows [][]string
	for _, row := range [][]string{
		{stacks.OutputBootstrapServers, o.BootstrapServers},
		{stacks.OutputExternalBootstrapServers, o.ExternalBootstrapServers},
		{stacks.OutputAdminSecret, o.AdminSecret},
		{stacks.OutputClusterID, o.ClusterID},
		{stacks.OutputNamespace, o.Namespace},
		{stacks.OutputTopology, string(o.Topology)},
		{stacks.OutputKafkaVersion, o.KafkaVersion},
		{stacks.OutputImage, o.Image},
	} {
		if row[1] != "" {
			rows = append(rows, row)
		}
	}
	t.table("", rows)
}

func (t *tables) pods(s automation.Status) {
	if s.Pods != nil && len(s.Pods) == 0 && !s.Stopped {
		fmt.Fprintln(t.out, "\nNo pod runs.")
	}
	var rows [][]string
	for _, pod := range s.Pods {
		ready := "yes"
		if !pod.Ready {
			ready = "no: " + pod.Why
		}
		rows = append(rows, []string{pod.Name, pod.Role, pod.Node, restarts(pod), t.left(pod.CertificateUntil), ready})
	}
	t.marked("POD, ROLES, NODE, RESTARTS, CERTIFICATE, READY", rows, func(i int) bool { return !s.Pods[i].Ready })
}

// restarts are those of a pod's containers, and those that its agent made within them.
func restarts(pod automation.Pod) string {
	text := strconv.Itoa(pod.Restarts)
	if pod.JVMRestarts > 0 {
		text += fmt.Sprintf(" + %d (JVM, %s)", pod.JVMRestarts, pod.LastJVMRestart.UTC().Format("2006-01-02 15:04 UTC"))
	}
	return text
}

func (t *tables) members(m automation.Members) {
	var rows [][]string
	for _, b := range m.Brokers {
		rows = append(rows, []string{
			strconv.Itoa(b.ID), cmp.Or(b.Pod, "-"), b.String(), count(b.Replicas), count(b.Leads), size(b.Bytes), size(b.Free), cmp.Or(b.Rack, "-"),
		})
	}
	t.marked("BROKER, POD, STATE, REPLICAS, LEADS, ON DISK, FREE, RACK", rows, func(i int) bool { return m.Brokers[i].State != automation.Serves })
	rows = nil
	for _, c := range m.Controllers {
		rows = append(rows, []string{strconv.Itoa(c.ID), cmp.Or(c.Pod, short(c.Host), "-"), c.String(), count(int(c.Lag))})
	}
	t.marked("CONTROLLER, POD, STATE, LAG", rows, func(i int) bool { return m.Controllers[i].State == automation.Missing })
	t.replication(m.Replication)
	t.groups(m.Groups)
	t.moves(m.Moving)
	var levels []string
	for _, feature := range []string{"metadata.version", "kraft.version"} {
		if level, known := m.Levels[feature]; known {
			levels = append(levels, fmt.Sprintf("%s %d", feature, level))
		}
	}
	if len(levels) > 0 {
		fmt.Fprintf(t.out, "\n%s\n", strings.Join(levels, ", "))
	}
}

// left is how long a certificate is still valid, in whole days, or less in hours.
func (t *tables) left(until time.Time) string {
	switch left := until.Sub(t.now); {
	case until.IsZero():
		return "-"
	case left <= 0:
		return "expired"
	case left < 48*time.Hour:
		return fmt.Sprintf("%d h", left/time.Hour)
	default:
		return fmt.Sprintf("%d days", left/(24*time.Hour))
	}
}

func (t *tables) replication(r *automation.Replication) {
	if r == nil {
		return
	}
	bad := r.Offline > 0 || r.UnderMinISR > 0 || r.UnderReplicated > 0
	t.marked("PARTITIONS, OFFLINE, UNDER MIN ISR, UNDER-REPLICATED", [][]string{
		{strconv.Itoa(r.Partitions), strconv.Itoa(r.Offline), count(r.UnderMinISR), strconv.Itoa(r.UnderReplicated)},
	}, func(int) bool { return bad })
}

func (t *tables) groups(groups []automation.Group) {
	var rows [][]string
	for _, g := range groups[:min(enough, len(groups))] {
		lag := "?"
		if g.Lag >= 0 {
			lag = strconv.FormatInt(g.Lag, 10)
		}
		rows = append(rows, []string{g.ID, g.State, lag})
	}
	t.table("GROUP, STATE, LAG", rows)
	if more := len(groups) - enough; more > 0 {
		fmt.Fprintf(t.out, "and %d more\n", more)
	}
}

// short is the address of a voter without what all of them end with.
func short(host string) string {
	name, _, _ := strings.Cut(host, ".svc")
	return name
}

// enough is how many of a long list are listed.
const enough = 10

func (t *tables) moves(moving []automation.Move) {
	var rows [][]string
	for _, m := range moving[:min(enough, len(moving))] {
		rows = append(rows, []string{fmt.Sprintf("%s-%d", m.Topic, m.Partition), ids(m.To), ids(m.From)})
	}
	t.table("MOVES, TO, FROM", rows)
	if more := len(moving) - enough; more > 0 {
		fmt.Fprintf(t.out, "and %d more\n", more)
	}
}

func (t *tables) claims(claims []automation.Claim) {
	var rows [][]string
	for _, claim := range claims {
		rows = append(rows, []string{claim.Name, claim.Wanted, cmp.Or(claim.Size, "-"), claim.Phase})
	}
	t.table("CLAIM, WANTS, HAS, PHASE", rows)
}

func (t *tables) ghosts(ghosts []automation.Ghost) {
	var rows [][]string
	for _, g := range ghosts {
		rows = append(rows, []string{g.Kind + " " + g.Name, g.Advice})
	}
	t.table("LEFT BEHIND, WHICH", rows)
}

func (t *tables) unknown(unknown []automation.Unknown) {
	var rows [][]string
	for _, u := range unknown {
		rows = append(rows, []string{u.Part, strings.ReplaceAll(u.Why, "\n", " ")})
	}
	t.table("NOT KNOWN, WHY", rows)
}

// count is a number, "?" for one that is not known.
func count(n int) string {
	if n < 0 {
		return "?"
	}
	return strconv.Itoa(n)
}

func size(n int64) string {
	if n < 0 {
		return "?"
	}
	return placement.Bytes(n)
}

func ids(brokers []int32) string {
	words := make([]string, len(brokers))
	for i, id := range brokers {
		words[i] = strconv.Itoa(int(id))
	}
	return cmp.Or(strings.Join(words, ","), "-")
}

// parts names what is not known.
func parts(unknown []automation.Unknown) string {
	words := make([]string, len(unknown))
	for i, u := range unknown {
		words[i] = u.Part
	}
	return strings.Join(words, ", ")
}
