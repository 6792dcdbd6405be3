package topics

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/twmb/franz-go/pkg/kerr"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/internal/topicname"
	"github.com/kafka-kraft/kafka-kraft/ops"
)

// kafka is a cluster of three brokers in memory.
type kafka struct {
	topics map[string]ops.Topic
	quotas map[string]map[string]float64

	admin   string // who is answered
	away    error  // nobody answers, for this reason
	hiccups int    // so many requests fail for a moment
	behind  int    // so many looks meet a broker that has not heard of the topic
	asked   int    // connections
	open    int
	did     []string // what has changed something

	kube *fake.Clientset
}

func newKafka() *kafka {
	three := int32(3)
	return &kafka{
		topics: map[string]ops.Topic{}, quotas: map[string]map[string]float64{},
		kube: fake.NewClientset(&appsv1.StatefulSet{
			ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "brokers"}, Spec: appsv1.StatefulSetSpec{Replicas: &three},
		}),
	}
}

func (k *kafka) cluster() Cluster {
	return New(func(name string) (kubernetes.Interface, error) {
		if name != "here" {
			return nil, errors.New("no such context")
		}
		return k.kube, nil
	}, func(ctx context.Context, at Place) (ops.TopicAdmin, func(), error) {
		k.asked++
		if at.Context != "here" || at.BootstrapServers != "kafka:9092" || at.Admin != k.admin {
			return nil, nil, fmt.Errorf("no Kafka at %s of %s for %q", at.BootstrapServers, at.Context, at.Admin)
		}
		if k.away != nil {
			return nil, nil, k.away
		}
		k.open++
		return k, func() { k.open-- }, ctx.Err()
	})
}

func (k *kafka) hiccup() error {
	if k.hiccups == 0 {
		return nil
	}
	k.hiccups--
	return fmt.Errorf("broker: %w", kerr.NotController)
}

func (k *kafka) say(validate bool, format string, args ...any) {
	if !validate {
		k.did = append(k.did, fmt.Sprintf(format, args...))
	}
}

func (k *kafka) judge(configs map[string]string) error {
	for key := range configs {
		if key == "nonsense" {
			return fmt.Errorf("%w (\"Unknown topic config name: nonsense\")", kerr.InvalidConfig)
		}
	}
	return nil
}

func (k *kafka) CreateTopic(_ context.Context, name string, topic ops.Topic, validate bool) (ops.Topic, error) {
	if err := k.hiccup(); err != nil {
		return ops.Topic{}, err
	}
	if _, there := k.topics[name]; there {
		return ops.Topic{}, fmt.Errorf("create topic %s: %w", name, kerr.TopicAlreadyExists)
	}
	for other := range k.topics {
		if topicname.Metric(other) == topicname.Metric(name) {
			return ops.Topic{}, fmt.Errorf("%w (\"Topic '%s' collides with existing topic: %s\")", kerr.InvalidTopicException, name, other)
		}
	}
	if topic.Replicas > 3 {
		return ops.Topic{}, fmt.Errorf("%w (\"only 3 broker(s) are registered\")", kerr.InvalidReplicationFactor)
	}
	if err := k.judge(topic.Configs); err != nil {
		return ops.Topic{}, err
	}
	if topic.Partitions == 0 {
		topic.Partitions = 1
	}
	if topic.Replicas == 0 {
		topic.Replicas = 3
	}
	topic.Configs = maps.Clone(topic.Configs)
	if !validate {
		k.topics[name] = topic
	}
	k.say(validate, "create %s", name)
	return topic, nil
}

func (k *kafka) FindTopic(_ context.Context, name string) (*ops.Topic, error) {
	topic, there := k.topics[name]
	if k.behind > 0 {
		k.behind--
		there = false
	}
	if !there {
		return nil, k.hiccup()
	}
	topic.Configs = maps.Clone(topic.Configs)
	return &topic, k.hiccup()
}

func (k *kafka) GrowTopic(_ context.Context, name string, partitions int32, validate bool) error {
	k.say(validate, "grow %s to %d", name, partitions)
	if topic := k.topics[name]; !validate {
		topic.Partitions = partitions
		k.topics[name] = topic
	}
	return k.hiccup()
}

func (k *kafka) ConfigureTopic(_ context.Context, name string, set map[string]string, unset []string, validate bool) error {
	if err := k.judge(set); err != nil {
		return err
	}
	k.say(validate, "configure %s: %v, not %v", name, set, unset)
	if topic := k.topics[name]; !validate {
		if topic.Configs == nil {
			topic.Configs = map[string]string{}
		}
		maps.Copy(topic.Configs, set)
		for _, key := range unset {
			delete(topic.Configs, key)
		}
		k.topics[name] = topic
	}
	return nil
}

func (k *kafka) DeleteTopic(_ context.Context, name string) error {
	k.say(false, "delete %s", name)
	delete(k.topics, name)
	return nil
}

func (k *kafka) Quota(_ context.Context, who ops.Entity) (map[string]float64, error) {
	return maps.Clone(k.quotas[who.String()]), k.hiccup()
}

func (k *kafka) LimitClients(_ context.Context, who ops.Entity, set map[string]float64, unset []string, validate bool) error {
	k.say(validate, "limit %s: %v, not %v", who, set, unset)
	if validate {
		return nil
	}
	limits := k.quotas[who.String()]
	if limits == nil {
		limits = map[string]float64{}
		k.quotas[who.String()] = limits
	}
	maps.Copy(limits, set)
	for _, key := range unset {
		delete(limits, key)
	}
	return nil
}

func at() Place {
	return Place{Context: "here", Namespace: "n", StatefulSet: "brokers", BootstrapServers: "kafka:9092"}
}
