package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// TopicAdmin is what topics and quotas are made with. [NewTopicAdmin] is the real one. What is
// only validated changes nothing, and has the answer that Kafka would give.
type TopicAdmin interface {
	// CreateTopic makes a topic and returns what it has become.
	CreateTopic(ctx context.Context, name string, topic Topic, validate bool) (Topic, error)
	// FindTopic looks a topic up; nil: there is none.
	FindTopic(ctx context.Context, name string) (*Topic, error)
	// GrowTopic gives a topic as many partitions. Kafka never makes them less.
	GrowTopic(ctx context.Context, name string, partitions int32, validate bool) error
	// ConfigureTopic sets values, and takes others back to their defaults. All else stays.
	ConfigureTopic(ctx context.Context, name string, set map[string]string, unset []string, validate bool) error
	// DeleteTopic deletes a topic with its records. One that is not there is no error.
	DeleteTopic(ctx context.Context, name string) error
	// Quota are the limits of exactly this entity, by Kafka's names.
	Quota(context.Context, Entity) (map[string]float64, error)
	// LimitClients sets limits of an entity, and takes others away. All else stays.
	LimitClients(ctx context.Context, who Entity, set map[string]float64, unset []string, validate bool) error
}

// Topic is a topic as Kafka has it, or shall have it.
type Topic struct {
	// Partitions and Replicas of each. To make one, 0 is the cluster's default.
	Partitions int32
	Replicas   int32
	// Configs are those that were set for this topic.
	Configs map[string]string
}

// Entity is whom a quota limits: a user, a client id, or one of a user's client ids.
type Entity struct{ User, ClientID string }

// DefaultEntity stands for all users, or client ids, that have no quota of their own.
const DefaultEntity = "<default>"

// String names it in messages.
func (e Entity) String() string {
	switch {
	case e.ClientID == "":
		return "user " + e.User
	case e.User == "":
		return "client id " + e.ClientID
	}
	return fmt.Sprintf("client id %s of user %s", e.ClientID, e.User)
}

// NewTopicAdmin makes a TopicAdmin of a client that reaches the brokers. The client stays the
// caller's to close.
func NewTopicAdmin(client *kgo.Client) TopicAdmin {
	return kafka{client: client, admin: kadm.NewClient(client)}
}

func (k kafka) CreateTopic(ctx context.Context, name string, topic Topic, validate bool) (Topic, error) {
	create := k.admin.CreateTopics
	if validate {
		create = k.admin.ValidateCreateTopics
	}
	partitions, replicas := topic.Partitions, int16(topic.Replicas)
	if partitions == 0 {
		partitions = -1
	}
	if replicas == 0 {
		replicas = -1
	}
	configs := map[string]*string{}
	for key, value := range topic.Configs {
		configs[key] = &value
	}
	what := "create topic " + name
	resp, err := create(ctx, partitions, replicas, configs, name)
	if err != nil {
		return Topic{}, fmt.Errorf("%s: %w", what, err)
	}
	made, err := resp.On(name, nil)
	if err == nil {
		err = made.Err
	}
	if err != nil {
		return Topic{}, fmt.Errorf("%s: %w", what, worded(err, made.ErrMessage))
	}
	return Topic{Partitions: made.NumPartitions, Replicas: int32(made.ReplicationFactor), Configs: maps.Clone(topic.Configs)}, nil
}

// FindTopic asks a broker, since what the client has in store may be old.
func (k kafka) FindTopic(ctx context.Context, name string) (*Topic, error) {
	what := "topic " + name
	req := kmsg.NewPtrMetadataRequest()
	req.Topics = []kmsg.MetadataRequestTopic{{Topic: &name}}
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	if len(resp.Topics) != 1 {
		return nil, fmt.Errorf("%s: metadata of %d topics came", what, len(resp.Topics))
	}
	err = kerr.ErrorForCode(resp.Topics[0].ErrorCode)
	if errors.Is(err, kerr.UnknownTopicOrPartition) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	found := &Topic{Partitions: int32(len(resp.Topics[0].Partitions))}
	if found.Replicas, err = k.replicas(ctx, name, resp.Topics[0].Partitions); err != nil {
		return nil, err
	}
	configs, err := k.TopicConfigs(ctx, []string{name})
	if err != nil {
		return nil, err
	}
	found.Configs = configs[name]
	return found, nil
}

// replicas are the fewest that a partition has. One that moves has those that come and those
// that go; what counts is how many it will have.
func (k kafka) replicas(ctx context.Context, name string, partitions []kmsg.MetadataResponseTopicPartition) (int32, error) {
	req := kmsg.NewPtrListPartitionReassignmentsRequest()
	asked := kmsg.NewListPartitionReassignmentsRequestTopic()
	asked.Topic = name
	for _, p := range partitions {
		asked.Partitions = append(asked.Partitions, p.Partition)
	}
	req.Topics = append(req.Topics, asked)
	resp, err := req.RequestWith(ctx, k.client)
	if err != nil {
		return 0, fmt.Errorf("reassignments of topic %s: %w", name, err)
	}
	if err := answer("reassignments of topic "+name, resp.ErrorCode, resp.ErrorMessage); err != nil {
		return 0, err
	}
	targets := map[int32]int{} // by partition
	for _, topic := range resp.Topics {
		for _, p := range topic.Partitions {
			targets[p.Partition] = len(without(p.Replicas, p.RemovingReplicas))
		}
	}
	var counts []int32
	for _, p := range partitions {
		count, moves := targets[p.Partition]
		if !moves {
			count = len(p.Replicas)
		}
		counts = append(counts, int32(count))
	}
	if len(counts) == 0 {
		return 0, fmt.Errorf("topic %s: metadata without partitions came", name)
	}
	return slices.Min(counts), nil
}

func (k kafka) GrowTopic(ctx context.Context, name string, partitions int32, validate bool) error {
	grow := k.admin.UpdatePartitions
	if validate {
		grow = k.admin.ValidateUpdatePartitions
	}
	what := fmt.Sprintf("%d partitions of topic %s", partitions, name)
	resp, err := grow(ctx, int(partitions), name)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if r := resp[name]; r.Err != nil {
		return fmt.Errorf("%s: %w", what, worded(r.Err, r.ErrMessage))
	}
	return nil
}

func (k kafka) ConfigureTopic(ctx context.Context, name string, set map[string]string, unset []string, validate bool) error {
	alter := k.admin.AlterTopicConfigs
	if validate {
		alter = k.admin.ValidateAlterTopicConfigs
	}
	var list []kadm.AlterConfig
	for key, value := range set {
		list = append(list, kadm.AlterConfig{Op: kadm.SetConfig, Name: key, Value: &value})
	}
	for _, key := range unset {
		list = append(list, kadm.AlterConfig{Op: kadm.DeleteConfig, Name: key})
	}
	resp, err := alter(ctx, list, name)
	return altered("configure topic "+name, resp, err)
}

func (k kafka) DeleteTopic(ctx context.Context, name string) error {
	what := "delete topic " + name
	resp, err := k.admin.DeleteTopics(ctx, name)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if r := resp[name]; r.Err != nil && !errors.Is(r.Err, kerr.UnknownTopicOrPartition) {
		return fmt.Errorf("%s: %w", what, worded(r.Err, r.ErrMessage))
	}
	return nil
}

// Kafka's names of the kinds of entities.
const (
	userEntity   = "user"
	clientEntity = "client-id"
)

// parts are the entity in Kafka's words; a nil name is the default.
func (e Entity) parts() kadm.ClientQuotaEntity {
	var parts kadm.ClientQuotaEntity
	for _, part := range []struct{ kind, name string }{{userEntity, e.User}, {clientEntity, e.ClientID}} {
		switch part.name {
		case "":
		case DefaultEntity:
			parts = append(parts, kadm.ClientQuotaEntityComponent{Type: part.kind})
		default:
			parts = append(parts, kadm.ClientQuotaEntityComponent{Type: part.kind, Name: &part.name})
		}
	}
	return parts
}

func (k kafka) Quota(ctx context.Context, who Entity) (map[string]float64, error) {
	var filter []kadm.DescribeClientQuotaComponent
	for _, part := range who.parts() {
		match := kadm.DescribeClientQuotaComponent{Type: part.Type, MatchName: part.Name, MatchType: kmsg.QuotasMatchTypeExact}
		if part.Name == nil {
			match.MatchType = kmsg.QuotasMatchTypeDefault
		}
		filter = append(filter, match)
	}
	resp, err := k.admin.DescribeClientQuotas(ctx, true, filter)
	if err != nil {
		return nil, fmt.Errorf("quota of %s: %w", who, err)
	}
	limits := map[string]float64{}
	for _, quota := range resp {
		for _, value := range quota.Values {
			limits[value.Key] = value.Value
		}
	}
	return limits, nil
}

func (k kafka) LimitClients(ctx context.Context, who Entity, set map[string]float64, unset []string, validate bool) error {
	alter := k.admin.AlterClientQuotas
	if validate {
		alter = k.admin.ValidateAlterClientQuotas
	}
	entry := kadm.AlterClientQuotaEntry{Entity: who.parts()}
	for key, value := range set {
		entry.Ops = append(entry.Ops, kadm.AlterClientQuotaOp{Key: key, Value: value})
	}
	for _, key := range unset {
		entry.Ops = append(entry.Ops, kadm.AlterClientQuotaOp{Key: key, Remove: true})
	}
	what := "quota of " + who.String()
	resp, err := alter(ctx, []kadm.AlterClientQuotaEntry{entry})
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
