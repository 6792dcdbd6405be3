package ops

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/kafka-kraft/kafka-kraft/features"
)

// New makes an Admin of a client that reaches the brokers. The client stays the caller's to close.
func New(client *kgo.Client) Admin {
	return kafka{client: client, admin: kadm.NewClient(client)}
}

// kafka is a real cluster, through kadm, and through kmsg where kadm has no call.
type kafka struct {
	client *kgo.Client
	admin  *kadm.Client
}

const metadataLog = "__cluster_metadata"

func (k kafka) Brokers(ctx context.Context) ([]Broker, error) {
	req := kmsg.NewPtrDescribeClusterRequest() // kadm leaves fenced brokers out
	req.IncludeFencedBrokers = true
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return nil, fmt.Errorf("describe cluster: %w", err)
	}
	if err := answer("describe cluster", resp.ErrorCode, resp.ErrorMessage); err != nil {
		return nil, err
	}
	if resp.Version < 2 { // KIP-1073, Kafka 4.0
		return nil, final{errors.New("describe cluster: the brokers do not tell which of them are fenced; Kafka 4.0 does")}
	}
	brokers := make([]Broker, 0, len(resp.Brokers))
	for _, b := range resp.Brokers {
		broker := Broker{ID: b.NodeID, Fenced: b.IsFenced}
		if b.Rack != nil {
			broker.Rack = *b.Rack
		}
		brokers = append(brokers, broker)
	}
	slices.SortFunc(brokers, func(a, b Broker) int { return cmp.Compare(a.ID, b.ID) })
	return brokers, nil
}

func (k kafka) MetadataVersion(ctx context.Context) (int16, error) {
	resp, err := apiVersions(ctx, k.client)
	if err != nil {
		return 0, err
	}
	return finalised(resp)
}

func (k kafka) MetadataVersionOf(ctx context.Context, broker int32) (MetadataVersion, error) {
	resp, err := apiVersions(ctx, k.client.Broker(int(broker)))
	if err != nil {
		return MetadataVersion{}, fmt.Errorf("broker %d: %w", broker, err)
	}
	var version MetadataVersion
	if version.Finalised, err = finalised(resp); err != nil {
		return version, fmt.Errorf("broker %d: %w", broker, err)
	}
	for _, feature := range resp.SupportedFeatures {
		if feature.Name == features.MetadataVersion {
			version.Highest = feature.MaxVersion
		}
	}
	return version, nil
}

func (k kafka) SetMetadataVersion(ctx context.Context, level int16, lower, validate bool) error {
	// kadm's call does not say how a level may be lowered, and drops Kafka's own words.
	update := kmsg.NewUpdateFeaturesRequestFeatureUpdate()
	update.Feature, update.MaxVersionLevel, update.UpgradeType = features.MetadataVersion, level, upgrade
	if lower {
		update.UpgradeType = safeDowngrade
	}
	req := kmsg.NewPtrUpdateFeaturesRequest()
	req.FeatureUpdates, req.ValidateOnly = []kmsg.UpdateFeaturesRequestFeatureUpdate{update}, validate
	what := fmt.Sprintf("%s %d", features.MetadataVersion, level)
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if err := answer(what, resp.ErrorCode, resp.ErrorMessage); err != nil {
		return err
	}
	for _, result := range resp.Results { // before version 2
		if err := answer(what, result.ErrorCode, result.ErrorMessage); err != nil {
			return err
		}
	}
	return nil
}

// How a level may be changed (FeatureUpdate.UpgradeType).
const (
	upgrade       = 1
	safeDowngrade = 2 // only where no metadata is lost
)

func (k kafka) Levels(ctx context.Context) (map[string]int16, error) {
	resp, err := apiVersions(ctx, k.client)
	if err != nil {
		return nil, err
	}
	return levelsOf(resp), nil
}

// apiVersions asks a broker, or any, what it knows.
func apiVersions(ctx context.Context, broker kmsg.Requestor) (*kmsg.ApiVersionsResponse, error) {
	req := kmsg.NewPtrApiVersionsRequest()
	req.ClientSoftwareName, req.ClientSoftwareVersion = "kafka-kraft", "ops"
	resp, err := req.RequestWith(ctx, broker)
	if err != nil {
		return nil, fmt.Errorf("finalised features: %w", err)
	}
	return resp, answer("finalised features", resp.ErrorCode, nil)
}

func levelsOf(resp *kmsg.ApiVersionsResponse) map[string]int16 {
	levels := map[string]int16{}
	for _, feature := range resp.FinalizedFeatures {
		levels[feature.Name] = feature.MaxVersionLevel
	}
	return levels
}

// finalised is the level of metadata.version in an answer.
func finalised(resp *kmsg.ApiVersionsResponse) (int16, error) {
	level, known := levelsOf(resp)[features.MetadataVersion]
	if !known {
		return 0, errors.New("finalised features: metadata.version is not among them")
	}
	return level, nil
}

func (k kafka) Partitions(ctx context.Context) ([]Partition, error) {
	// Without a wish for operations kadm answers from the client's store, up to 5 s old.
	metadata, err := k.admin.Metadata(kadm.WithAuthorizedOps(ctx))
	if err != nil {
		return nil, fmt.Errorf("metadata: %w", err)
	}
	var partitions []Partition
	for _, topic := range metadata.Topics.Sorted() {
		if topic.Err != nil && !errors.Is(topic.Err, kerr.UnknownTopicOrPartition) { // being deleted
			return nil, fmt.Errorf("metadata of topic %s: %w", topic.Topic, topic.Err)
		}
		for _, p := range topic.Partitions.Sorted() {
			// An error here is that there is no leader, or that a replica is away; both are in the fields.
			partitions = append(partitions, Partition{Topic: p.Topic, Index: p.Partition, Leader: p.Leader, Replicas: p.Replicas, ISR: p.ISR})
		}
	}
	return partitions, nil
}

func (k kafka) LogDirs(ctx context.Context, broker int32) ([]LogDir, error) {
	described, err := k.admin.DescribeBrokerLogDirs(ctx, broker, nil)
	if err != nil {
		return nil, fmt.Errorf("log directories of broker %d: %w", broker, err)
	}
	var dirs []LogDir
	for _, d := range described.Sorted() {
		if d.Err != nil {
			return nil, fmt.Errorf("log directory %s of broker %d: %w", d.Dir, broker, d.Err)
		}
		dir := LogDir{Path: d.Dir, Total: d.TotalBytes, Free: d.UsableBytes, Cordoned: d.IsCordoned}
		for topic, partitions := range d.Topics {
			for index, p := range partitions {
				if topic != metadataLog { // every node has it, and nobody moves it
					dir.Logs = append(dir.Logs, Log{Topic: topic, Index: index, Size: p.Size})
				}
			}
		}
		slices.SortFunc(dir.Logs, func(a, b Log) int {
			return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Index, b.Index))
		})
		dirs = append(dirs, dir)
	}
	return dirs, nil
}

func (k kafka) Reassignments(ctx context.Context) ([]Reassignment, error) {
	// Without topics it lists all of them; kadm's call lists none then.
	req := kmsg.NewPtrListPartitionReassignmentsRequest()
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return nil, fmt.Errorf("list reassignments: %w", err)
	}
	if err := answer("list reassignments", resp.ErrorCode, resp.ErrorMessage); err != nil {
		return nil, err
	}
	var running []Reassignment
	for _, topic := range resp.Topics {
		for _, p := range topic.Partitions {
			running = append(running, Reassignment{
				Topic: topic.Topic, Index: p.Partition,
				Replicas: p.Replicas, Adding: p.AddingReplicas, Removing: p.RemovingReplicas,
			})
		}
	}
	slices.SortFunc(running, func(a, b Reassignment) int {
		return cmp.Or(cmp.Compare(a.Topic, b.Topic), cmp.Compare(a.Index, b.Index))
	})
	return running, nil
}

func (k kafka) Reassign(ctx context.Context, assignments []Assignment) ([]error, error) {
	var req kadm.AlterPartitionAssignmentsReq
	for _, a := range assignments {
		req.Assign(a.Topic, a.Index, a.Replicas)
	}
	resp, err := k.admin.AlterPartitionAssignments(kadm.ForbidAlterRf(ctx), req)
	if err != nil {
		return nil, fmt.Errorf("reassign: %w", err)
	}
	results := make([]error, len(assignments))
	for i, a := range assignments {
		r, told := resp[a.Topic][a.Index]
		switch {
		case !told:
			results[i] = fmt.Errorf("reassign %s: no answer", name(a.Topic, a.Index))
		case r.Err != nil:
			results[i] = fmt.Errorf("reassign %s: %w", name(a.Topic, a.Index), worded(r.Err, r.ErrMessage))
		}
	}
	return results, nil
}

func (k kafka) BrokerConfig(ctx context.Context, broker int32) (map[string]string, error) {
	resources, err := k.admin.DescribeBrokerConfigs(ctx, broker)
	if err != nil {
		return nil, fmt.Errorf("configuration of broker %d: %w", broker, err)
	}
	values := map[string]string{}
	for _, r := range resources {
		if r.Err != nil {
			return nil, fmt.Errorf("configuration of broker %d: %w", broker, worded(r.Err, r.ErrMessage))
		}
		collect(values, r.Configs, kmsg.ConfigSourceDynamicBrokerConfig)
	}
	return values, nil
}

func (k kafka) AlterBroker(ctx context.Context, broker int32, values map[string]string) error {
	// kgo takes it to the broker that it names, and that one takes no other's
	// (ConfigAdminManager.validateResourceNameIsCurrentNodeId).
	resp, err := k.admin.AlterBrokerConfigs(ctx, changes(values), broker)
	return altered(fmt.Sprintf("configure broker %d", broker), resp, err)
}

func (k kafka) TopicConfigs(ctx context.Context, topics []string) (map[string]map[string]string, error) {
	all := map[string]map[string]string{}
	return all, k.eachTopic(ctx, topics, func(topic string, configs []kadm.Config) error {
		all[topic] = map[string]string{}
		collect(all[topic], configs, kmsg.ConfigSourceDynamicTopicConfig)
		return nil
	})
}

func (k kafka) MinInSync(ctx context.Context, topics []string) (map[string]int, error) {
	all := map[string]int{}
	return all, k.eachTopic(ctx, topics, func(topic string, configs []kadm.Config) error {
		for _, c := range configs {
			if c.Key != "min.insync.replicas" {
				continue
			}
			least, err := strconv.Atoi(c.MaybeValue())
			if err != nil {
				return fmt.Errorf("configuration of topic %s: %s is %q", topic, c.Key, c.MaybeValue())
			}
			all[topic] = least
		}
		return nil
	})
}

// eachTopic tells the configuration of topics, what is not set for them, too.
func (k kafka) eachTopic(ctx context.Context, topics []string, tell func(topic string, configs []kadm.Config) error) error {
	resources, err := k.admin.DescribeTopicConfigs(ctx, topics...)
	if err != nil {
		return fmt.Errorf("configuration of topics: %w", err)
	}
	for _, r := range resources {
		if errors.Is(r.Err, kerr.UnknownTopicOrPartition) {
			continue
		}
		if r.Err != nil {
			return fmt.Errorf("configuration of topic %s: %w", r.Name, worded(r.Err, r.ErrMessage))
		}
		if err := tell(r.Name, r.Configs); err != nil {
			return err
		}
	}
	return nil
}

func (k kafka) AlterTopic(ctx context.Context, topic string, values map[string]string) error {
	resp, err := k.admin.AlterTopicConfigs(ctx, changes(values), topic)
	err = altered("configure topic "+topic, resp, err)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return nil
	}
	return err
}

func (k kafka) ElectPreferred(ctx context.Context, partitions []Partition) error {
	if len(partitions) == 0 {
		return nil // which would mean all to Kafka
	}
	var set kadm.TopicsSet
	for _, p := range partitions {
		set.Add(p.Topic, p.Index)
	}
	results, err := k.admin.ElectLeaders(ctx, kadm.ElectPreferredReplica, set)
	if err != nil {
		return fmt.Errorf("elect preferred leaders: %w", err)
	}
	var problems []error
	for _, topic := range results {
		for _, r := range topic {
			switch {
			case r.Err == nil, errors.Is(r.Err, kerr.ElectionNotNeeded), errors.Is(r.Err, kerr.PreferredLeaderNotAvailable),
				errors.Is(r.Err, kerr.UnknownTopicOrPartition):
			default:
				problems = append(problems, fmt.Errorf("elect the preferred leader of %s: %w", name(r.Topic, r.Partition), worded(r.Err, r.ErrMessage)))
			}
		}
	}
	return errors.Join(problems...)
}

func (k kafka) Unregister(ctx context.Context, broker int32) error {
	req := kmsg.NewPtrUnregisterBrokerRequest()
	req.BrokerID = broker
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("unregister broker %d: %w", broker, err)
	}
	err = answer(fmt.Sprintf("unregister broker %d", broker), resp.ErrorCode, resp.ErrorMessage)
	if errors.Is(err, kerr.BrokerIDNotRegistered) {
		return nil
	}
	return err
}

func (k kafka) Quorum(ctx context.Context) (Quorum, error) {
	req := kmsg.NewPtrDescribeQuorumRequest()
	req.Topics = []kmsg.DescribeQuorumRequestTopic{{
		Topic: metadataLog, Partitions: []kmsg.DescribeQuorumRequestTopicPartition{{Partition: 0}},
	}}
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return Quorum{}, fmt.Errorf("describe quorum: %w", err)
	}
	if err := answer("describe quorum", resp.ErrorCode, resp.ErrorMessage); err != nil {
		return Quorum{}, err
	}
	if len(resp.Topics) != 1 || len(resp.Topics[0].Partitions) != 1 {
		return Quorum{}, errors.New("describe quorum: the answer has no metadata log")
	}
	p := resp.Topics[0].Partitions[0]
	if err := answer("describe quorum", p.ErrorCode, p.ErrorMessage); err != nil {
		return Quorum{}, err
	}
	if resp.Version < 2 { // KIP-853, Kafka 3.9
		return Quorum{}, final{errors.New("describe quorum: the brokers do not tell directory ids; Kafka 3.9 does")}
	}
	q := Quorum{Leader: p.LeaderID, Voters: voters(p.CurrentVoters), Observers: voters(p.Observers)}
	for _, node := range resp.Nodes {
		at := slices.IndexFunc(q.Voters, func(v Voter) bool { return v.ID == node.NodeID })
		if at < 0 {
			continue
		}
		for i, l := range node.Listeners {
			if q.Voters[at].Listeners = append(q.Voters[at].Listeners, l.Name); i == 0 {
				q.Voters[at].Host = net.JoinHostPort(l.Host, strconv.Itoa(int(l.Port)))
			}
		}
	}
	return q, nil
}

func voters(states []kmsg.DescribeQuorumResponseTopicPartitionReplicaState) []Voter {
	list := make([]Voter, 0, len(states))
	for _, s := range states {
		list = append(list, Voter{ID: s.ReplicaID, Directory: s.ReplicaDirectoryID, End: s.LogEndOffset, CaughtUp: s.LastCaughtUpTimestamp})
	}
	slices.SortFunc(list, func(a, b Voter) int { return cmp.Compare(a.ID, b.ID) })
	return list
}

func (k kafka) RemoveVoter(ctx context.Context, voter Voter) error {
	req := kmsg.NewPtrRemoveRaftVoterRequest() // without a cluster id, which is optional
	req.VoterID, req.VoterDirectoryID = voter.ID, voter.Directory
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("remove voter %d: %w", voter.ID, err)
	}
	err = answer(fmt.Sprintf("remove voter %d", voter.ID), resp.ErrorCode, resp.ErrorMessage)
	if errors.Is(err, kerr.VoterNotFound) {
		return nil
	}
	return err
}

func (k kafka) UnregisterController(ctx context.Context, controller int32) error {
	req := kmsg.NewPtrUnregisterControllerRequest()
	req.ControllerID = controller
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return fmt.Errorf("unregister controller %d: %w", controller, err)
	}
	err = answer(fmt.Sprintf("unregister controller %d", controller), resp.ErrorCode, resp.ErrorMessage)
	if errors.Is(err, kerr.ControllerIDNotRegistered) {
		return nil
	}
	return err
}

// changes are incremental: only what is named is touched.
func changes(values map[string]string) []kadm.AlterConfig {
	var list []kadm.AlterConfig
	for key, value := range values {
		if value == "" {
			list = append(list, kadm.AlterConfig{Op: kadm.DeleteConfig, Name: key})
		} else {
			list = append(list, kadm.AlterConfig{Op: kadm.SetConfig, Name: key, Value: &value})
		}
	}
	return list
}

func altered(what string, resp kadm.AlterConfigsResponses, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	for _, r := range resp {
		if r.Err != nil {
			return fmt.Errorf("%s: %w", what, worded(r.Err, r.ErrMessage))
		}
	}
	return nil
}

// collect takes what was set at this level; defaults and server.properties are others.
func collect(values map[string]string, configs []kadm.Config, source kmsg.ConfigSource) {
	for _, c := range configs {
		if c.Source == source {
			values[c.Key] = c.MaybeValue()
		}
	}
}

// answer is the error that Kafka answered, nil for none.
func answer(what string, code int16, message *string) error {
	err := kerr.ErrorForCode(code)
	if err == nil {
		return nil
	}
	var words string
	if message != nil {
		words = *message
	}
	return fmt.Errorf("%s: %w", what, worded(err, words))
}

// worded adds Kafka's own words to an error.
func worded(err error, words string) error {
	if words == "" {
		return err
	}
	return fmt.Errorf("%w (%s)", err, strconv.Quote(words))
}
