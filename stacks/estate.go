package stacks

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"github.com/kafka-kraft/kafka-kraft/components/certificates"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// lookTime is how long the look at the cluster may take.
const lookTime = 15 * time.Second

// estate is what the stack finds before it begins: what it remembers of itself, and what
// is there where it wants to be.
type estate struct {
	owner  string // the stack's full name, by which its objects know it
	memory memory
	found  survey.Found
	seen   bool // the cluster answered
	// level is the metadata.version that Kafka says is finalised, 0 if it was not asked.
	level int16
}

// estate looks. A cluster that does not answer is no reason to stop a preview, which is
// of use without one. An update of a stack that has lived is stopped: Pulumi asks the
// cluster for nothing that did not change, so an update in the wrong one would succeed.
func (s stack) estate(ctx *pulumi.Context) (estate, error) {
	e := estate{owner: owner(ctx)}
	var err error
	if e.memory, err = remember(ctx); err != nil {
		return e, err
	}
	client, err := s.lifecycle().Client()
	if err == nil {
		limited, cancel := context.WithTimeout(ctx.Context(), lookTime)
		defer cancel()
		e.found, err = survey.Look(limited, client, e.owner, Wanted(s.Config))
	}
	e.seen = err == nil
	switch {
	case err == nil || ctx.RunningWithMocks():
		return e, nil
	case !ctx.DryRun() && e.memory.lived():
		return e, fmt.Errorf("the cluster of context %s does not answer, so that nobody knows whether it is the one that this stack lives in; nothing was changed: %w", s.Context, err)
	}
	return e, ctx.Log.Warn(fmt.Sprintf("what is in the cluster of context %s is not known, so this does not say whether it would be in the way: %v", s.Context, err), nil)
}

// owner is the stack's full name, by which its objects know it.
func owner(ctx *pulumi.Context) string {
	return fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())
}

// Wanted is where a stack of this configuration wants to be.
func Wanted(c config.Config) survey.Wanted {
	plan := c.Plan()
	w := survey.Wanted{Namespace: c.KubeNamespace, Cluster: plan.Name, Names: names(plan)}
	for _, pool := range plan.Pools {
		w.Sets = append(w.Sets, pool.Name)
	}
	if plan.Shared != nil {
		w.Volume = plan.Shared.Volume
	}
	for _, name := range slices.Sorted(maps.Keys(c.Users)) {
		if c.MakesSecret(c.Users[name]) {
			w.Secrets = append(w.Secrets, plan.UserSecret(name))
		}
	}
	if c.Monitoring.Dashboards {
		w.Names = append(w.Names, kafka.DashboardsName(plan))
	}
	return w
}

// names are those of all objects in the namespace that a stack gives a name.
func names(p topology.Plan) []string {
	names := []string{
		p.Name, p.Headless, p.Bootstrap, p.Name + "-inside", p.Name + "-clients", survey.RecordName(p.Name), p.Life(),
	}
	if p.Shared != nil {
		names = append(names, p.Shared.Claim)
	}
	if p.TLS() {
		names = append(names, certificates.AuthoritiesName(p))
	}
	for _, pool := range p.Pools {
		names = append(names, pool.Name)
		for _, claim := range pool.Claims {
			for _, pod := range pool.Pods() {
				names = append(names, claim.Of(pod))
			}
		}
	}
	for _, service := range p.NodePortServices() {
		names = append(names, service.Name)
	}
	return names
}

// check refuses what would cost records: another cluster, another value of what is for
// life, pods taken away that hold records, a volume at another node.
func (s stack) check(e estate) error {
	var problems config.Problems
	if was, is := e.memory.kubernetes, e.found.Identity; was != "" && is != "" && was != is {
		problems = append(problems, config.Problem{Key: "context", Value: strconv.Quote(s.Context), Want: fmt.Sprintf(
			"is another Kubernetes cluster (%s) than the one that this stack lives in (%s): set it back, or make another stack for it", is, was)})
	}
	known := s.remembered(e)
	record, what := known.record, known.what
	changes, err := s.Changes(record, known.id)
	if err != nil {
		return fmt.Errorf("stack %s: %w", e.owner, err)
	}
	problems = append(problems, changes...)
	problems = append(problems, s.Shrinks(max(config.BrokersOf(record), s.holding(e)), s.cannotLeave(e))...)
	problems = append(problems, s.voting(e)...)
	problems = append(problems, s.Securing(record)...)
	problems = append(problems, s.Smaller(s.had(e, record))...)
	problems = append(problems, s.growth(e)...)
	problems = append(problems, s.outdated(e)...)
	if left := s.elsewhere(e.found.Left); record == "" && len(left) > 0 {
		problems, what = append(problems, left...), "has left records elsewhere"
	}
	if s.Storage.Mode == config.Shared {
		problems = append(problems, placeOf(e.found).check(s.Storage.Node)...)
	}
	if err := problems.Err(); err != nil {
		return fmt.Errorf("stack %s %s: %w", e.owner, what, err)
	}
	return nil
}

// remembered is what a stack is held to: what it was when it came alive, or what it left.
type remembered struct {
	record, id string // both empty for one that never lived
	what       string // what it does that makes it so, for messages
}

func (s stack) remembered(e estate) remembered {
	known := remembered{record: e.memory.record, id: e.memory.clusterID, what: "is live"}
	if left := e.found.Record; known.record == "" && left != nil && left.Owner == e.owner {
		switch {
		case !e.found.Runs():
			known.record, known.id = left.Facts, left.ClusterID
			known.what = fmt.Sprintf("has left records (to begin anew without them, delete its claims or directory and kubectl delete configmap -n %s %s)",
				left.Namespace, survey.RecordName(left.Cluster))
		case e.found.Started():
			known.record, known.id = left.Facts, left.ClusterID
		}
	}
	return known
}

// holding is how many brokers may hold records, as far as the cluster shows it: a growth
// that failed half way has some that no up has ever finished.
func (s stack) holding(e estate) int {
	if !e.memory.lived() && !e.found.Started() {
		return 0
	}
	held := 0
	for _, pool := range s.plan.Pools {
		if pool.Has(topology.Broker) {
			held = e.found.Holding(pool.Name)
		}
	}
	return held
}

// cannotLeave is why no broker can be emptied, and no controller taken out of the quorum, now; ""
// if that is for Kafka to say.
func (s stack) cannotLeave(e estate) string {
	switch {
	case s.Stopped:
		return "a cluster that stops cannot do: set it back, or do the one after the other, with kafka-kraft:stopped false first"
	case e.seen && !s.running(e):
		return "a cluster that does not run cannot do: set it back for one up, then make it less"
	}
	return ""
}

// elsewhere: records of this stack lie at another place, and `pulumi up` here would begin anew.
func (s stack) elsewhere(left []survey.Record) config.Problems {
	var problems config.Problems
	for _, r := range left {
		problems = append(problems, config.Problem{Key: "namespace", Value: strconv.Quote(s.KubeNamespace), Want: fmt.Sprintf(
			"the records of this stack are in namespace %s, of cluster %s (%s): set kafka-kraft:namespace and kafka-kraft:clusterName back, or, to leave them for good, kubectl delete configmap -n %s %s",
			r.Namespace, r.Cluster, r.ClusterID, r.Namespace, survey.RecordName(r.Cluster))})
	}
	return problems
}

// adopt is the cluster id to go on with: the configured one, or the one of the records
// that the last destroy of this very stack left.
func (s stack) adopt(e estate) string {
	if s.ClusterID != "" || !e.goesOn() {
		return s.ClusterID
	}
	return e.found.Record.ClusterID
}

// goesOn reports whether this up goes on with records that the stack's own last destroy left,
// of which its state knows nothing.
func (e estate) goesOn() bool {
	left := e.found.Record
	return left != nil && left.Owner == e.owner && !e.found.Runs() && e.memory.clusterID == ""
}

// checkOwner refuses to take over what others made. It needs the cluster id that the
// stack's state has, which is the one thing that no other stack can have.
func (s stack) checkOwner(ctx *pulumi.Context, e estate, id pulumi.StringOutput) error {
	if !e.seen {
		return nil
	}
	result, err := internals.UnsafeAwaitOutput(ctx.Context(), id)
	if err != nil {
		return fmt.Errorf("the cluster id: %w", err)
	}
	known, _ := result.Value.(string)
	if !result.Known {
		known = "" // the preview of a stack that has none yet
	}
	return e.found.Foreign(survey.Self{
		Owner: e.owner, Context: s.Context, ClusterID: known, Complete: e.memory.lived(),
		Adopts: s.ClusterID != "", Creates: s.CreateNamespace,
	}, Wanted(s.Config))
}

// placeOf is what was found of nodes and of the volume's place.
func placeOf(f survey.Found) place {
	p := place{nodes: f.Nodes, used: f.Used}
	if len(p.used) == 0 && f.Record != nil && f.Record.Node != "" {
		p.used = []string{f.Record.Node}
	}
	return p
}

// volumeNode is the node that has the shared volume's directory, "" if it cannot be told.
func (s stack) volumeNode(f survey.Found) string {
	used := placeOf(f).used
	switch {
	case s.Storage.Mode != config.Shared:
		return ""
	case s.Storage.Node != "":
		return s.Storage.Node
	case len(used) == 1:
		return used[0]
	case len(f.Nodes) == 1:
		return f.Nodes[0]
	}
	return ""
}
