package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
)

// fake is a Kafka in memory. It does what Kafka's controller does with the same requests, with
// Kafka's errors, and time passes in it with every call: reassignments go on, volumes are
// cleaned, brokers act on their configuration, observers catch up and become voters.
type fake struct {
	version    int16
	knows      map[string]int16 // metadata.version that nodes can have, by "Broker 1"; else 33
	brokers    map[int32]*fakeBroker
	partitions map[string]*fakePartition
	topics     map[string]map[string]string

	registered map[int32]bool // controllers

	leader    int32
	voters    map[int32]Voter
	joining   []int32 // observers that will vote
	pending   int     // calls for which the leader is busy with a change of voters
	clock     int64
	deadVoter map[int32]bool
	known     map[int32][]string // voters' listeners

	past  []snapshot // the oldest first
	calls int
	// before is asked before every call, which then fails with what it returns.
	before func(call int, what string) error
	log    []string // what was changed
	rates  []string // every rate that was set
}

// snapshot is metadata as the controllers had it until a moment.
type snapshot struct {
	at         time.Time
	partitions []Partition
}

// behind is how much older a broker's metadata is than the controllers'.
const behind = between - between/4

type fakeBroker struct {
	rack       string
	fenced     bool
	registered bool
	free       int64
	dynamic    map[string]string
	shown      map[string]string // what it knew before it heard of the last change
	hears      time.Time         // when it does
	disk       map[string]int
	level      int16 // metadata.version as it has heard of it, 0: as it is
	deaf       int   // calls until it hears
}

type fakePartition struct {
	topic            string
	index            int32
	size             int64
	leader           int32
	replicas, isr    []int32
	adding, removing []int32
	steps            int // calls until the copy is complete
}

// copying is how many calls a replica needs until it is in sync.
const copying = 12

func newFake(brokers int) *fake {
	f := &fake{version: 30, brokers: map[int32]*fakeBroker{}, partitions: map[string]*fakePartition{}, topics: map[string]map[string]string{}, voters: map[int32]Voter{}, registered: map[int32]bool{}, deadVoter: map[int32]bool{}}
	for id := range int32(brokers) {
		f.addBroker(id)
	}
	return f
}

func (f *fake) addBroker(id int32) *fakeBroker {
	b := &fakeBroker{registered: true, free: 1 << 40, dynamic: map[string]string{}, disk: map[string]int{}}
	f.brokers[id] = b
	return b
}

// add makes a partition, in sync and led by its first replica.
func (f *fake) add(topic string, index int32, replicas ...int32) *fakePartition {
	p := &fakePartition{topic: topic, index: index, size: 1 << 20, leader: replicas[0], replicas: replicas, isr: slices.Clone(replicas)}
	f.partitions[name(topic, index)] = p
	if f.topics[topic] == nil {
		f.topics[topic] = map[string]string{}
	}
	for _, id := range replicas {
		f.brokers[id].disk[name(topic, index)] = 0
	}
	return p
}

func (f *fake) voter(id int32) {
	f.voters[id] = Voter{ID: id, Directory: [16]byte{byte(id), 1}}
	f.registered[id] = true
}

// call is the start of every call.
func (f *fake) call(ctx context.Context, what string, args ...any) error {
	f.calls++
	if f.before != nil {
		if err := f.before(f.calls, what); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(args) > 0 {
		f.log = append(f.log, what+" "+strings.TrimSuffix(fmt.Sprintln(args...), "\n"))
	}
	f.tick()
	return nil
}

func (f *fake) tick() {
	f.clock += 100
	f.past = append(f.past, snapshot{time.Now(), f.metadata()})
	for time.Since(f.past[0].at) >= behind {
		f.past = f.past[1:]
	}
	for _, p := range f.partitions {
		f.advance(p)
	}
	for id, b := range f.brokers {
		if b.deaf = max(0, b.deaf-1); b.deaf == 0 {
			b.level = 0
		}
		for key, left := range b.disk {
			p := f.partitions[key]
			switch {
			case p != nil && slices.Contains(p.replicas, id):
				b.disk[key] = 0
			case left == 0:
				b.disk[key] = 12 // deleted some calls later
			case left == 1:
				delete(b.disk, key)
			default:
				b.disk[key]--
			}
		}
	}
	if f.pending > 0 {
		f.pending--
	}
	if len(f.joining) > 0 && f.clock%300 == 0 {
		f.voter(f.joining[0])
		f.joining = f.joining[1:]
	}
}

// advance is one step of a reassignment (ReplicationControlManager.changePartitionReassignment).
func (f *fake) advance(p *fakePartition) {
	if len(p.adding) == 0 && len(p.removing) == 0 {
		return
	}
	if p.steps > 0 {
		p.steps--
		return
	}
	if p.leader < 0 {
		return // nobody to copy from
	}
	target := without(p.replicas, p.removing)
	for _, id := range target {
		if f.brokers[id].fenced {
			if slices.Contains(p.adding, id) {
				return // it takes nothing
			}
			continue
		}
		if !slices.Contains(p.isr, id) {
			p.isr = append(p.isr, id)
		}
	}
	p.replicas, p.adding, p.removing = target, nil, nil
	p.isr = without(p.isr, without(p.isr, target))
	f.lead(p)
}

// lead elects where the leader is gone.
func (f *fake) lead(p *fakePartition) {
	ok := func(id int32) bool { return slices.Contains(p.isr, id) && !f.brokers[id].fenced }
	if ok(p.leader) && slices.Contains(p.replicas, p.leader) {
		return
	}
	p.leader = -1
	for _, id := range p.replicas {
		if ok(id) {
			p.leader = id
			return
		}
	}
}

// fence stops a broker.
func (f *fake) fence(id int32) {
	f.brokers[id].fenced = true
	for _, p := range f.partitions {
		if len(p.isr) > 1 {
			p.isr = without(p.isr, []int32{id})
		}
		f.lead(p)
	}
}

func (f *fake) sorted() []*fakePartition {
	var list []*fakePartition
	for _, key := range keys(f.partitions) {
		list = append(list, f.partitions[key])
	}
	slices.SortStableFunc(list, func(a, b *fakePartition) int { return strings.Compare(a.topic, b.topic) })
	return list
}

func (f *fake) Brokers(ctx context.Context) ([]Broker, error) {
	if err := f.call(ctx, "brokers"); err != nil {
		return nil, err
	}
	var list []Broker
	for _, id := range slices.Sorted(maps.Keys(f.brokers)) {
		if b := f.brokers[id]; b.registered {
			list = append(list, Broker{ID: id, Rack: b.rack, Fenced: b.fenced})
		}
	}
	return list, nil
}

func (f *fake) MetadataVersion(ctx context.Context) (int16, error) {
	return f.version, f.call(ctx, "metadata version")
}

func (f *fake) MetadataVersionOf(ctx context.Context, id int32) (MetadataVersion, error) {
	if err := f.call(ctx, "metadata version of"); err != nil {
		return MetadataVersion{}, err
	}
	b, err := f.live(id)
	if err != nil {
		return MetadataVersion{}, err
	}
	return MetadataVersion{Finalised: cmp.Or(b.level, f.version), Highest: f.highest("Broker", id)}, nil
}

// highest is the level that a node can have.
func (f *fake) highest(role string, id int32) int16 {
	return cmp.Or(f.knows[fmt.Sprintf("%s %d", role, id)], 33)
}

// SetMetadataVersion asks all that are registered, as FeatureControlManager does, and says what
// it says.
func (f *fake) SetMetadataVersion(ctx context.Context, level int16, lower, validate bool) error {
	if err := f.call(ctx, "validate"); err != nil {
		return err
	}
	refused := func(format string, args ...any) error {
		return worded(kerr.InvalidUpdateVersion, fmt.Sprintf("Invalid update version %d for feature metadata.version. ", level)+fmt.Sprintf(format, args...))
	}
	for _, id := range slices.Sorted(maps.Keys(f.brokers)) {
		if highest := f.highest("Broker", id); f.brokers[id].registered && highest < level {
			return refused("Broker %d only supports versions 7-%d", id, highest)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(f.registered)) {
		if highest := f.highest("Controller", id); highest < level {
			return refused("Controller %d only supports versions 7-%d", id, highest)
		}
	}
	if level < f.version && !lower {
		return refused("Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.")
	}
	if validate {
		return nil
	}
	f.log = append(f.log, fmt.Sprintf("metadata.version %d", level))
	for id, b := range f.brokers {
		b.level, b.deaf = f.version, 1+6*int(id)
	}
	f.version = level
	return nil
}

func (f *fake) Levels(ctx context.Context) (map[string]int16, error) {
	return map[string]int16{"metadata.version": f.version}, f.call(ctx, "levels")
}

func (f *fake) Partitions(ctx context.Context) ([]Partition, error) {
	if err := f.call(ctx, "partitions"); err != nil {
		return nil, err
	}
	return f.past[0].partitions, nil
}

// metadata is what the controllers have.
func (f *fake) metadata() []Partition {
	var list []Partition
	for _, p := range f.sorted() {
		list = append(list, Partition{Topic: p.topic, Index: p.index, Leader: p.leader, Replicas: slices.Clone(p.replicas), ISR: slices.Clone(p.isr)})
	}
	return list
}

// live is the broker itself, if it answers.
func (f *fake) live(id int32) (*fakeBroker, error) {
	b := f.brokers[id]
	if b == nil || !b.registered || b.fenced {
		return nil, errors.New("unknown broker")
	}
	return b, nil
}

func (f *fake) LogDirs(ctx context.Context, id int32) ([]LogDir, error) {
	if err := f.call(ctx, "log dirs"); err != nil {
		return nil, err
	}
	b, err := f.live(id)
	if err != nil {
		return nil, err
	}
	dir := LogDir{Path: "/data", Free: b.free, Cordoned: b.known()[cordonKey] == all}
	for _, key := range keys(b.disk) {
		at := strings.LastIndex(key, "-")
		index, _ := strconv.Atoi(key[at+1:])
		log := Log{Topic: key[:at], Index: int32(index)}
		if p := f.partitions[key]; p != nil {
			log.Size = p.size
		}
		dir.Logs = append(dir.Logs, log)
	}
	return []LogDir{dir}, nil
}

func (f *fake) Reassignments(ctx context.Context) ([]Reassignment, error) {
	if err := f.call(ctx, "reassignments"); err != nil {
		return nil, err
	}
	var list []Reassignment
	for _, p := range f.sorted() {
		if len(p.adding)+len(p.removing) > 0 {
			list = append(list, Reassignment{Topic: p.topic, Index: p.index, Replicas: slices.Clone(p.replicas), Adding: slices.Clone(p.adding), Removing: slices.Clone(p.removing)})
		}
	}
	return list, nil
}

func (f *fake) Reassign(ctx context.Context, assignments []Assignment) ([]error, error) {
	if err := f.call(ctx, "reassign", len(assignments)); err != nil {
		return nil, err
	}
	results := make([]error, len(assignments))
	for i, a := range assignments {
		results[i] = f.reassign(a)
	}
	return results, nil
}

func (f *fake) reassign(a Assignment) error {
	p := f.partitions[name(a.Topic, a.Index)]
	if p == nil {
		return kerr.UnknownTopicOrPartition
	}
	original := without(p.replicas, p.adding)
	if a.Replicas == nil {
		if len(p.adding)+len(p.removing) == 0 {
			return kerr.NoReassignmentInProgress
		}
		if len(without(p.isr, p.adding)) == 0 {
			return kerr.InvalidReplicaAssignment
		}
		p.replicas, p.isr, p.adding, p.removing = original, without(p.isr, p.adding), nil, nil
		f.lead(p)
		return nil
	}
	if len(a.Replicas) != len(original) {
		return kerr.InvalidReplicationFactor
	}
	for i, id := range a.Replicas {
		if b := f.brokers[id]; b == nil || !b.registered || slices.Contains(a.Replicas[:i], id) {
			return kerr.InvalidReplicaAssignment
		}
	}
	p.adding, p.removing = without(a.Replicas, original), without(original, a.Replicas)
	p.replicas = append(slices.Clone(a.Replicas), p.removing...)
	p.steps = copying
	for _, id := range p.adding {
		f.brokers[id].disk[name(a.Topic, a.Index)] = 0
	}
	if len(p.adding) == 0 && len(p.removing) == 0 {
		p.replicas = slices.Clone(a.Replicas) // a mere change of the order
	}
	return nil
}

func (f *fake) BrokerConfig(ctx context.Context, id int32) (map[string]string, error) {
	if err := f.call(ctx, "broker config"); err != nil {
		return nil, err
	}
	b, err := f.live(id)
	if err != nil {
		return nil, err
	}
	return maps.Clone(b.known()), nil
}

// again lets as much time pass as there is between the end of a call, however it came, and the
// next one, and cuts nothing off any more.
func (f *fake) again() {
	f.before = nil
	time.Sleep(between)
}

// known is what a broker has heard of its configuration, which is later than the controllers.
func (b *fakeBroker) known() map[string]string {
	if time.Now().Before(b.hears) {
		return b.shown
	}
	return b.dynamic
}

func (f *fake) AlterBroker(ctx context.Context, id int32, values map[string]string) error {
	if err := f.call(ctx, "configure", id, values); err != nil {
		return err
	}
	b, err := f.live(id)
	if err != nil {
		return err
	}
	if _, cordon := values[cordonKey]; cordon {
		if f.version < minMetadataVersion {
			return kerr.InvalidConfig
		}
	}
	if !time.Now().Before(b.hears) {
		b.shown = maps.Clone(b.dynamic)
	}
	b.hears = time.Now().Add(behind)
	if rate := values[rateKeys[0]]; rate != "" {
		f.rates = append(f.rates, rate)
	}
	alter(b.dynamic, values)
	return nil
}

func alter(values, by map[string]string) {
	for key, value := range by {
		if value == "" {
			delete(values, key)
		} else {
			values[key] = value
		}
	}
}

func (f *fake) TopicConfigs(ctx context.Context, topics []string) (map[string]map[string]string, error) {
	if err := f.call(ctx, "topic configs"); err != nil {
		return nil, err
	}
	all := map[string]map[string]string{}
	for _, topic := range topics {
		if values, known := f.topics[topic]; known {
			all[topic] = maps.Clone(values)
		}
	}
	return all, nil
}

func (f *fake) MinInSync(ctx context.Context, topics []string) (map[string]int, error) {
	if err := f.call(ctx, "min in sync"); err != nil {
		return nil, err
	}
	all := map[string]int{}
	for _, topic := range topics {
		if values, known := f.topics[topic]; known {
			all[topic] = 2
			if text := values["min.insync.replicas"]; text != "" {
				all[topic], _ = strconv.Atoi(text)
			}
		}
	}
	return all, nil
}

func (f *fake) AlterTopic(ctx context.Context, topic string, values map[string]string) error {
	if err := f.call(ctx, "configure", topic, values); err != nil {
		return err
	}
	if known := f.topics[topic]; known != nil {
		alter(known, values)
	}
	return nil
}

func (f *fake) ElectPreferred(ctx context.Context, partitions []Partition) error {
	if err := f.call(ctx, "elect", len(partitions)); err != nil {
		return err
	}
	for _, q := range partitions {
		if p := f.partitions[name(q.Topic, q.Index)]; p != nil && slices.Contains(p.isr, p.replicas[0]) && !f.brokers[p.replicas[0]].fenced {
			p.leader = p.replicas[0]
		}
	}
	return nil
}

// Unregister checks nothing, as Kafka does.
func (f *fake) Unregister(ctx context.Context, id int32) error {
	if err := f.call(ctx, "unregister", id); err != nil {
		return err
	}
	f.fence(id)
	f.brokers[id].registered = false
	return nil
}

func (f *fake) Quorum(ctx context.Context) (Quorum, error) {
	if err := f.call(ctx, "quorum"); err != nil {
		return Quorum{}, err
	}
	q := Quorum{Leader: f.leader}
	for _, id := range slices.Sorted(maps.Keys(f.voters)) {
		v := f.voters[id]
		v.CaughtUp, v.Listeners = f.clock, f.known[id]
		if f.deadVoter[id] {
			v.CaughtUp = f.clock - 60_000
		}
		q.Voters = append(q.Voters, v)
	}
	for _, id := range f.joining {
		q.Observers = append(q.Observers, Voter{ID: id, CaughtUp: -1})
	}
	return q, nil
}

func (f *fake) UnregisterController(ctx context.Context, id int32) error {
	if err := f.call(ctx, "unregister controller", id); err != nil {
		return err
	}
	if _, votes := f.voters[id]; votes { // KAFKA-20865
		return kerr.InvalidRequest
	}
	delete(f.registered, id)
	return nil
}

func (f *fake) RemoveVoter(ctx context.Context, v Voter) error {
	if err := f.call(ctx, "remove voter", v.ID); err != nil {
		return err
	}
	if f.pending > 0 {
		return fmt.Errorf("remove voter %d: %w", v.ID, kerr.RequestTimedOut)
	}
	if known, votes := f.voters[v.ID]; !votes || known.Directory != v.Directory {
		return nil // VOTER_NOT_FOUND
	}
	if len(f.voters) == 1 {
		return kerr.InvalidRequest
	}
	delete(f.voters, v.ID)
	f.pending = 3
	if f.leader == v.ID {
		f.leader = slices.Sorted(maps.Keys(f.voters))[0]
	}
	return nil
}
