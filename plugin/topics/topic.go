package topics

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/internal/topicname"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/reach"
)

// Topic is a topic of a Kafka cluster.
type Topic struct{ Cluster }

// TopicArgs says what it is like.
type TopicArgs struct {
	Place
	Name              string            `pulumi:"name"`
	Partitions        int32             `pulumi:"partitions,optional"`
	ReplicationFactor int32             `pulumi:"replicationFactor,optional"`
	Configs           map[string]string `pulumi:"configs,optional"`
	// DeletionProtection is true unless it is false.
	DeletionProtection *bool `pulumi:"deletionProtection,optional"`
	Adopt              bool  `pulumi:"adopt,optional"`
}

// TopicState is what it is like: as many partitions and replicas as there are, and of the
// configuration those keys that the program speaks of.
type TopicState struct {
	TopicArgs
	Pending bool `pulumi:"pending,optional"`
}

var (
	_ infer.CustomResource[TopicArgs, TopicState] = Topic{}
	_ infer.CustomCheck[TopicArgs]                = Topic{}
	_ infer.CustomDiff[TopicArgs, TopicState]     = Topic{}
	_ infer.CustomUpdate[TopicArgs, TopicState]   = Topic{}
	_ infer.CustomRead[TopicArgs, TopicState]     = Topic{}
	_ infer.CustomDelete[TopicState]              = Topic{}
)

// Annotate describes the resource in the provider's schema.
func (t *Topic) Annotate(a infer.Annotator) {
	a.Describe(&t, "A topic of a Kafka cluster.")
	a.SetToken("kafka", "Topic")
}

// Annotate describes the inputs in the provider's schema.
func (t *TopicArgs) Annotate(a infer.Annotator) {
	a.Describe(&t.Name, "What Kafka calls it. Another name is another topic, and the old one goes with its records.")
	a.Describe(&t.Partitions, "How many there are. There can be more of them later, and never less. None: the cluster's num.partitions.")
	a.Describe(&t.ReplicationFactor, "Replicas of each partition. None: the cluster's default.replication.factor.")
	a.Describe(&t.Configs, "Configuration of this topic, such as retention.ms. What is not spoken of is let alone; what is no longer spoken of gets its default again.")
	a.Describe(&t.DeletionProtection, "Refuse to delete it, which would delete its records. Default true.")
	a.Describe(&t.Adopt, "Take over a topic of this name that somebody else has made, and change it to be like this. It counts only while this program does not have it.")
}

// Annotate describes the outputs in the provider's schema.
func (t *TopicState) Annotate(a infer.Annotator) {
	a.Describe(&t.Pending, "It is yet to be made, since the cluster was stopped.")
}

func (t TopicArgs) wish() ops.Topic {
	return ops.Topic{Partitions: t.Partitions, Replicas: t.ReplicationFactor, Configs: t.Configs}
}

func (t TopicArgs) protected() bool { return t.DeletionProtection == nil || *t.DeletionProtection }

// placed is where a topic is that is imported by this id.
func placed(id string) (TopicArgs, error) {
	at, name, ok := reach.Placed(id)
	if !ok || topicname.Problem(name) != "" {
		return TopicArgs{}, fmt.Errorf("id %q: a topic is imported as CONTEXT/BOOTSTRAP_SERVERS/NAME, such as minikube/kafka-bootstrap.shop.svc.cluster.local:9092/orders, "+
			"with ?admin=SECRET behind it where the stack has the output adminSecret", id)
	}
	return TopicArgs{Place: at, Name: name}, nil
}

// made is the state of a topic that is like this.
func (t TopicArgs) made(is ops.Topic) TopicState {
	t.Partitions, t.ReplicationFactor, t.Configs = is.Partitions, is.Replicas, spelled(is.Configs, t.Configs)
	return TopicState{TopicArgs: t}
}

// Check judges what needs no cluster.
func (t Topic) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[TopicArgs], error) {
	args, failures, err := infer.DefaultCheck[TopicArgs](ctx, req.NewInputs)
	fail := func(property, format string, values ...any) {
		failures = append(failures, p.CheckFailure{Property: property, Reason: fmt.Sprintf(format, values...)})
	}
	if problem := topicname.Problem(args.Name); problem != "" && !req.NewInputs.Get("name").IsComputed() {
		fail("name", "topic %q %s", args.Name, problem)
	}
	if args.Partitions < 0 {
		fail("partitions", "%d: must be at least 1, or none for the cluster's default", args.Partitions)
	}
	if args.ReplicationFactor < 0 || args.ReplicationFactor > math.MaxInt16 { // Kafka's protocol has no more
		fail("replicationFactor", "%d: must be from 1 to the number of brokers, or none for the cluster's default", args.ReplicationFactor)
	}
	return infer.CheckResponse[TopicArgs]{Inputs: args, Failures: failures}, err
}

// Create makes the topic. In a preview Kafka is asked whether it would.
func (t Topic) Create(ctx context.Context, req infer.CreateRequest[TopicArgs]) (infer.CreateResponse[TopicState], error) {
	args := req.Inputs
	response := infer.CreateResponse[TopicState]{ID: args.ID(args.Name), Output: TopicState{TopicArgs: args}}
	if args.Stopped {
		p.GetLogger(ctx).Info("stopped; it is made when the cluster runs again")
		response.Output.Pending = true
		return response, nil
	}
	var is ops.Topic
	begin := func(ctx context.Context, admin ops.TopicAdmin) (err error) {
		is, err = t.make(ctx, admin, args, req.DryRun)
		return err
	}
	if req.DryRun {
		if args.Name == "" { // not known yet
			return response, nil
		}
		_, err := t.Glimpse(ctx, args.Place, begin)
		return response, err
	}
	if err := t.Do(ctx, args.Place, begin); err != nil {
		return infer.CreateResponse[TopicState]{}, err
	}
	response.Output = args.made(is)
	return response, nil
}

// make makes a topic, or takes over the one that is there. A run that was cut off right after
// Kafka had made it, and a destroy that left the records, leave one that is as it shall be.
func (t Topic) make(ctx context.Context, admin ops.TopicAdmin, args TopicArgs, preview bool) (ops.Topic, error) {
	log := p.GetLogger(ctx)
	want := args.wanted(preview)
	is, err := admin.CreateTopic(ctx, args.Name, want, preview)
	if !exists(err) {
		return is, err
	}
	found, err := admin.FindTopic(ctx, args.Name)
	if err != nil {
		return ops.Topic{}, err
	}
	if found == nil {
		return ops.Topic{}, unheard(args.Name)
	}
	if args.Adopt {
		return t.shape(ctx, admin, args, *found, nil, preview)
	}
	if differs := strange(*found, want); len(differs) > 0 {
		return ops.Topic{}, reach.Refuse(fmt.Sprintf("topic %s exists already, and is somebody else's", args.Name), fmt.Sprintf(
			"it has %s; to take it over and change it to be like this, say adopt: true (in a stack's configuration topics[%q].adopt), or choose another name",
			strings.Join(differs, ", "), args.Name))
	}
	log.Info(fmt.Sprintf("topic %s exists already as it is to be: taken over", args.Name))
	return *found, nil
}

// unheard is what time mends: controllers know of a topic before brokers do.
func unheard(name string) error {
	return fmt.Errorf("topic %s is there, and the broker has not heard of it yet", name)
}

// wanted is what Kafka is asked for.
func (t TopicArgs) wanted(preview bool) ops.Topic {
	want := t.wish()
	if preview {
		want.Configs = known(want.Configs)
	}
	return want
}

// known are the values that a preview knows; it has "" for others.
func known(configs map[string]string) map[string]string {
	configs = maps.Clone(configs)
	maps.DeleteFunc(configs, func(_, value string) bool { return value == "" })
	return configs
}

// shape changes a topic that is there. Kafka judges all of it before any is done.
func (t Topic) shape(ctx context.Context, admin ops.TopicAdmin, args TopicArgs, is ops.Topic, had map[string]string, preview bool) (ops.Topic, error) {
	want := args.wish()
	todo, reasons := compare(is, want, had)
	if err := reach.Refuse("topic "+args.Name+" is not changed", reasons...); err != nil {
		return is, err
	}
	if preview {
		todo.set = known(todo.set)
	}
	for _, validate := range []bool{true, false} {
		if preview && !validate {
			break
		}
		if len(todo.set)+len(todo.unset) > 0 {
			if err := admin.ConfigureTopic(ctx, args.Name, todo.set, todo.unset, validate); err != nil {
				return is, err
			}
		}
		if todo.partitions != 0 {
			if err := admin.GrowTopic(ctx, args.Name, todo.partitions, validate); err != nil {
				return is, err
			}
		}
	}
	if todo.partitions != 0 {
		if preview {
			p.GetLogger(ctx).Warning("with more partitions, new records of a key may come into another one than its old records")
		}
		is.Partitions = todo.partitions
	}
	is.Configs = maps.Clone(is.Configs)
	if is.Configs == nil {
		is.Configs = map[string]string{}
	}
	maps.Copy(is.Configs, todo.set)
	maps.DeleteFunc(is.Configs, func(key, _ string) bool { return slices.Contains(todo.unset, key) })
	return is, nil
}

// Diff compares with what there is. What the program leaves open is never a difference, and
// while the cluster is stopped nothing is.
func (t Topic) Diff(ctx context.Context, req infer.DiffRequest[TopicArgs, TopicState]) (infer.DiffResponse, error) {
	state, now := req.State, req.Inputs
	diff := differences(state, now)
	if now.Stopped {
		if len(diff) > 0 || state.Pending {
			p.GetLogger(ctx).Info("stopped; what differs waits until the cluster runs again")
		}
		return infer.DiffResponse{}, nil
	}
	if _, renamed := diff["name"]; renamed && !state.Pending && state.protected() {
		return infer.DiffResponse{}, protection(state.Name, fmt.Sprintf("a topic cannot be renamed: %s would be made, empty, and %s deleted with its records", now.Name, state.Name))
	}
	return infer.DiffResponse{HasChanges: len(diff) > 0, DetailedDiff: diff}, nil
}

func differences(state TopicState, now TopicArgs) map[string]p.PropertyDiff {
	diff := reach.Differences(state.Place, now.Place)
	update := func(name string, differs bool) {
		if differs {
			diff[name] = p.PropertyDiff{Kind: p.Update}
		}
	}
	update("partitions", now.Partitions != 0 && now.Partitions != state.Partitions)
	update("replicationFactor", now.ReplicationFactor != 0 && now.ReplicationFactor != state.ReplicationFactor)
	update("deletionProtection", now.protected() != state.protected())
	update("pending", state.Pending)
	for key, value := range now.Configs {
		switch was, set := state.Configs[key]; {
		case !set:
			diff[path("configs", key)] = p.PropertyDiff{Kind: p.Add}
		case was != value:
			diff[path("configs", key)] = p.PropertyDiff{Kind: p.Update}
		}
	}
	for key := range state.Configs {
		if _, wanted := now.Configs[key]; !wanted {
			diff[path("configs", key)] = p.PropertyDiff{Kind: p.Delete}
		}
	}
	if now.Name != state.Name && now.Name != "" {
		diff["name"] = p.PropertyDiff{Kind: p.UpdateReplace}
	}
	return diff
}

// path is that of a key in a map, as Pulumi writes it.
func path(of, key string) string { return fmt.Sprintf("%s[%q]", of, key) }

// Update changes the topic. One that somebody has deleted is made again.
func (t Topic) Update(ctx context.Context, req infer.UpdateRequest[TopicArgs, TopicState]) (infer.UpdateResponse[TopicState], error) {
	state, args := req.State, req.Inputs
	if args.Stopped { // the engine insists, though nothing differs
		return infer.UpdateResponse[TopicState]{Output: state}, nil
	}
	diff := differences(state, args)
	maps.DeleteFunc(diff, func(name string, _ p.PropertyDiff) bool { return !inKafka(name) })
	planned := infer.UpdateResponse[TopicState]{Output: TopicState{TopicArgs: args}}
	if planned.Output.Partitions == 0 {
		planned.Output.Partitions = state.Partitions
	}
	if planned.Output.ReplicationFactor == 0 {
		planned.Output.ReplicationFactor = state.ReplicationFactor
	}
	if len(diff) == 0 {
		return planned, nil
	}
	var is ops.Topic
	change := func(ctx context.Context, admin ops.TopicAdmin) (err error) {
		is, err = t.change(ctx, admin, state, args, req.DryRun)
		return err
	}
	if req.DryRun {
		known, err := t.Glimpse(ctx, args.Place, change)
		if err == nil && !known && !state.Pending {
			_, reasons := compare(state.wish(), args.wish(), nil)
			err = reach.Refuse("topic "+args.Name+" is not changed", reasons...)
		}
		return planned, err
	}
	if err := t.Do(ctx, args.Place, change); err != nil {
		return infer.UpdateResponse[TopicState]{}, err
	}
	return infer.UpdateResponse[TopicState]{Output: args.made(is)}, nil
}

// inKafka reports whether a property is one of the topic in Kafka.
func inKafka(property string) bool {
	return property == "partitions" || property == "replicationFactor" || property == "pending" || strings.HasPrefix(property, "configs[")
}

func (t Topic) change(ctx context.Context, admin ops.TopicAdmin, state TopicState, args TopicArgs, preview bool) (ops.Topic, error) {
	if state.Pending {
		return t.make(ctx, admin, args, preview)
	}
	found, err := admin.FindTopic(ctx, args.Name)
	if err != nil {
		return ops.Topic{}, err
	}
	if found == nil {
		is, err := admin.CreateTopic(ctx, args.Name, args.wanted(preview), preview)
		if exists(err) {
			return is, unheard(args.Name)
		}
		if err == nil {
			p.GetLogger(ctx).Warning(fmt.Sprintf("topic %s was deleted by somebody else: it is made again, empty", args.Name))
		}
		return is, err
	}
	return t.shape(ctx, admin, args, *found, state.Configs, preview)
}

// Read tells what a refresh finds, or what an import takes over.
func (t Topic) Read(ctx context.Context, req infer.ReadRequest[TopicArgs, TopicState]) (infer.ReadResponse[TopicArgs, TopicState], error) {
	found := infer.ReadResponse[TopicArgs, TopicState](req)
	args, imported := req.Inputs, false
	if args.Name == "" {
		var err error
		if args, err = placed(req.ID); err != nil {
			return found, err
		}
		imported = true
	}
	if args.Stopped || req.State.Pending {
		return found, nil
	}
	var is *ops.Topic
	find := func(ctx context.Context, admin ops.TopicAdmin) (err error) {
		is, err = admin.FindTopic(ctx, args.Name)
		return err
	}
	if imported {
		if err := t.Do(ctx, args.Place, find); err != nil {
			return found, err
		}
		if is == nil {
			return infer.ReadResponse[TopicArgs, TopicState]{}, nil
		}
		args.Partitions, args.ReplicationFactor, args.Configs = is.Partitions, is.Replicas, is.Configs
		return infer.ReadResponse[TopicArgs, TopicState]{ID: req.ID, Inputs: args, State: args.made(*is)}, nil
	}
	if known, err := t.Glimpse(ctx, args.Place, find); err != nil || !known {
		return found, err
	}
	if is == nil {
		p.GetLogger(ctx).Warning(fmt.Sprintf("topic %s is gone, and its records with it: somebody else has deleted it, and the next up makes it again, empty", args.Name))
		return infer.ReadResponse[TopicArgs, TopicState]{}, nil
	}
	configs := spelled(is.Configs, req.State.Configs, args.Configs)
	found.State.Partitions, found.State.ReplicationFactor, found.State.Configs = is.Partitions, is.Replicas, configs
	// As a program would have to say it.
	if args.Partitions != 0 {
		found.Inputs.Partitions = is.Partitions
	}
	if args.ReplicationFactor != 0 {
		found.Inputs.ReplicationFactor = is.Replicas
	}
	found.Inputs.Configs = configs
	return found, nil
}

// Delete deletes the topic with its records, unless it is protected.
func (t Topic) Delete(ctx context.Context, req infer.DeleteRequest[TopicState]) (infer.DeleteResponse, error) {
	state := req.State
	if state.Pending {
		return infer.DeleteResponse{}, nil
	}
	if state.protected() {
		return infer.DeleteResponse{}, protection(state.Name, "its records would go with it")
	}
	return infer.DeleteResponse{}, t.Remove(ctx, state.Place, "topic "+state.Name, func(ctx context.Context, admin ops.TopicAdmin) error {
		return admin.DeleteTopic(ctx, state.Name)
	})
}

// protection is why a topic is not deleted, with the ways on.
func protection(name, why string) error {
	return reach.Refuse(fmt.Sprintf("topic %s is protected", name), why+fmt.Sprintf(
		"; to delete it, say deletionProtection: false of it (in a stack's configuration topics[%q].deletionProtection), run up, and take it out then; "+
			"to keep it in Kafka and only forget it here, pulumi state delete its URN", name))
}
