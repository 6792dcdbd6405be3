package topics

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/life"
)

func orders(partitions int32, configs map[string]string) TopicArgs {
	return TopicArgs{Place: at(), Name: "orders", Partitions: partitions, Configs: configs}
}

func (k *kafka) topic(t *testing.T) *life.Stack[TopicArgs, TopicState] {
	return &life.Stack[TopicArgs, TopicState]{T: t, R: Topic{k.cluster()}}
}

// inTime runs a test whose waits take no time.
func inTime(t *testing.T, run func(t *testing.T)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, run)
}

var off = func() *bool { no := false; return &no }()

// All of a topic's life.
func TestTopic(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.topic(t)
		assert.Equal(t, "create", s.Up(orders(3, map[string]string{"retention.ms": "1000", "cleanup.policy": "compact, delete"})))
		assert.Equal(t, "here/kafka:9092/orders", s.ID)
		assert.Equal(t, int32(3), s.State.ReplicationFactor, "the cluster's default")
		assert.Empty(t, s.Inputs.ReplicationFactor)

		// More partitions, one value changed, one no longer spoken of, one as it was.
		k.topics["orders"].Configs["cleanup.policy"] = "compact,delete" // as Kafka tells it
		s.Refresh()
		k.did = nil
		assert.Equal(t, "update", s.Up(orders(6, map[string]string{"max.message.bytes": "2000", "cleanup.policy": "compact, delete"})))
		assert.Equal(t, []string{"configure orders: map[max.message.bytes:2000], not [retention.ms]", "grow orders to 6"}, k.did)
		assert.Equal(t, map[string]string{"max.message.bytes": "2000", "cleanup.policy": "compact,delete"}, k.topics["orders"].Configs)

		// What is said no more is left open.
		assert.Equal(t, "update", s.Up(orders(0, nil)))
		assert.Equal(t, int32(6), s.State.Partitions)
		assert.Empty(t, k.topics["orders"].Configs)

		// Nothing is asked of Kafka to let go of the protection.
		k.away = errors.New("away")
		open := orders(0, nil)
		open.DeletionProtection = off
		assert.Equal(t, "update", s.Up(open))
		k.away, k.did = nil, nil
		require.NoError(t, s.Destroy())
		assert.Equal(t, []string{"delete orders"}, k.did)
		assert.Zero(t, k.open, "every connection is given back")
	})
}

// A cluster that is encrypted from now on has the topics that it had.
func TestTopicOfAnotherAdmin(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		topic, quota := k.topic(t), k.quota(t)
		ins, limits := orders(3, nil), QuotaArgs{Place: at(), User: "u", Limits: Limits{ProducerByteRate: 1}}
		topic.Up(ins)
		quota.Up(limits)
		k.admin, k.did = "kafka-admin", nil
		ins.Admin, limits.Admin = k.admin, k.admin
		assert.Equal(t, "update", topic.Up(ins))
		assert.Equal(t, "update", quota.Up(limits))
		assert.Empty(t, k.did, "how it is reached is nothing of Kafka's")
		ins.Partitions = 6
		assert.Equal(t, "update", topic.Up(ins))
		assert.Equal(t, []string{"grow orders to 6"}, k.did)
	})
}

// What a hand has done is taken back if it is spoken of, and left alone if not.
func TestTopicChangedByHand(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.topic(t)
		ins := orders(3, map[string]string{"retention.ms": "1000", "max.message.bytes": "2000"})
		s.Up(ins)
		byHand := k.topics["orders"]
		byHand.Configs = map[string]string{"retention.ms": "5", "flush.ms": "7"}
		k.topics["orders"] = byHand
		s.Refresh()
		assert.Equal(t, map[string]string{"retention.ms": "5"}, s.State.Configs)
		assert.Equal(t, map[string]string{"retention.ms": "5"}, s.Inputs.Configs)
		assert.Equal(t, "update", s.Up(ins))
		assert.Equal(t, map[string]string{"retention.ms": "1000", "max.message.bytes": "2000", "flush.ms": "7"}, k.topics["orders"].Configs)

		// Partitions cannot be taken back.
		byHand = k.topics["orders"]
		byHand.Partitions = 5
		k.topics["orders"] = byHand
		s.Refresh()
		_, err := s.Preview(ins)
		require.ErrorContains(t, err, "topic orders is not changed: it has 5 partitions, and Kafka never makes them less: say 5 or more")
		assert.Equal(t, "same", s.Up(orders(5, ins.Configs)))

		delete(k.topics, "orders")
		s.Refresh()
		assert.Empty(t, s.ID)
		assert.Equal(t, "create", s.Up(ins))

		// Without a refresh it is found when something is to be changed.
		delete(k.topics, "orders")
		assert.Equal(t, "update", s.Up(orders(9, nil)))
		assert.Equal(t, ops.Topic{Partitions: 9, Replicas: 3}, k.topics["orders"])
	})
}

// What cannot be is refused by the preview, and by an up without one, and nothing is done.
func TestTopicRefusals(t *testing.T) {
	with := func(change func(*TopicArgs)) TopicArgs {
		args := orders(3, nil)
		change(&args)
		return args
	}
	for name, c := range map[string]struct {
		live bool
		args TopicArgs
		says string
	}{
		"fewer partitions":    {true, orders(2, nil), "it has 3 partitions, and Kafka never makes them less"},
		"other replicas":      {true, with(func(a *TopicArgs) { a.ReplicationFactor = 2 }), "it has 3 replicas of each partition, and replicationFactor says 2"},
		"unknown key":         {true, orders(4, map[string]string{"nonsense": "1"}), "Unknown topic config name: nonsense"},
		"unknown key at once": {false, orders(4, map[string]string{"nonsense": "1"}), "Unknown topic config name: nonsense"},
		"too many replicas":   {false, with(func(a *TopicArgs) { a.ReplicationFactor = 4 }), "only 3 broker(s) are registered"},
		"one metric for two":  {false, with(func(a *TopicArgs) { a.Name = "by_hand" }), "collides with existing topic: by.hand"},
		"made by hand":        {false, with(func(a *TopicArgs) { a.Name = "by.hand" }), "topic by.hand exists already, and is somebody else's: it has 7 partitions, not 3; to take it over and change it to be like this, say adopt: true"},
		"another name":        {true, with(func(a *TopicArgs) { a.Name = "other" }), "topic orders is protected: a topic cannot be renamed"},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := newKafka()
				k.topics["by.hand"] = ops.Topic{Partitions: 7, Replicas: 3}
				s := k.topic(t)
				if c.live {
					s.Up(orders(3, nil))
				}
				k.did = nil
				_, err := s.Preview(c.args)
				require.ErrorContains(t, err, c.says)
				require.ErrorContains(t, s.Try(c.args), c.says)
				assert.Empty(t, k.did)
			})
		})
	}
}

func TestTopicThatIsThere(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.topics["orders"] = ops.Topic{Partitions: 3, Replicas: 3, Configs: map[string]string{"retention.ms": "600"}}
		s := k.topic(t)
		assert.Equal(t, "create", s.Up(orders(3, map[string]string{"retention.ms": "0600"})), "as it is to be")
		assert.Empty(t, k.did)

		s = k.topic(t)
		adopt := orders(6, map[string]string{"flush.ms": "1"})
		_, err := s.Preview(adopt)
		require.ErrorContains(t, err, "3 partitions, not 6, no flush.ms, retention.ms=600")
		adopt.Adopt = true
		assert.Equal(t, "create", s.Up(adopt))
		assert.Equal(t, ops.Topic{Partitions: 6, Replicas: 3, Configs: map[string]string{"flush.ms": "1", "retention.ms": "600"}}, k.topics["orders"],
			"what is not spoken of stays")
		adopt.Adopt = false
		assert.Equal(t, "same", s.Up(adopt))
	})
}

func TestTopicImported(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.topics["orders"] = ops.Topic{Partitions: 3, Replicas: 2, Configs: map[string]string{"flush.ms": "1"}}
		s := k.topic(t)
		s.ID = "here/kafka:9092/orders"
		s.Refresh()
		assert.Equal(t, ops.Topic{Partitions: 3, Replicas: 2, Configs: map[string]string{"flush.ms": "1"}}, s.State.wish())
		assert.True(t, s.State.protected())
		ins := orders(3, map[string]string{"flush.ms": "1"})
		ins.ReplicationFactor = 2
		assert.Equal(t, "same", s.Up(ins))

		k.admin = "kafka-admin"
		s = k.topic(t)
		s.ID = "here/kafka:9092/orders?admin=kafka-admin"
		s.Refresh()
		ins.Admin = "kafka-admin"
		assert.Equal(t, "same", s.Up(ins))

		for _, id := range []string{"orders", "kafka:9092/orders", "here/kafka:9092/", "//orders", "here/kafka:9092/?admin=orders"} {
			_, err := placed(id)
			require.ErrorContains(t, err, "CONTEXT/BOOTSTRAP_SERVERS/NAME", id)
		}
		args, err := placed("arn:aws:eks:eu:1:cluster/shop/kafka:9092/orders")
		require.NoError(t, err)
		assert.Equal(t, "arn:aws:eks:eu:1:cluster/shop", args.Context)
	})
}

func TestTopicProtected(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.topic(t)
		s.Up(orders(3, nil))
		err := s.Destroy()
		require.ErrorContains(t, err, "topic orders is protected: its records would go with it; to delete it, say deletionProtection: false")
		require.ErrorContains(t, err, "pulumi state delete")
		assert.Contains(t, k.topics, "orders")

		open := orders(3, nil)
		open.DeletionProtection = off
		s.Up(open)
		did, err := s.Preview(func() TopicArgs { renamed := open; renamed.Name = "other"; return renamed }())
		require.NoError(t, err)
		assert.Equal(t, "replace", did)

		set, err := k.kube.AppsV1().StatefulSets("n").Get(t.Context(), "brokers", metav1.GetOptions{})
		require.NoError(t, err)
		*set.Spec.Replicas = 0
		_, err = k.kube.AppsV1().StatefulSets("n").Update(t.Context(), set, metav1.UpdateOptions{})
		require.NoError(t, err)
		require.ErrorContains(t, s.Destroy(), "its cluster does not run; start it first")
	})
}

// A cluster that is stopped is not asked, and nothing differs until it runs.
func TestTopicOfAStoppedCluster(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		old, fresh := k.topic(t), k.topic(t)
		old.Up(orders(3, nil))
		k.asked = 0
		stopped := orders(6, map[string]string{"flush.ms": "1"})
		stopped.Stopped = true
		assert.Equal(t, "same", old.Up(stopped))
		stopped.Name = "fresh"
		assert.Equal(t, "create", fresh.Up(stopped))
		old.Refresh()
		fresh.Refresh()
		assert.Zero(t, k.asked)
		assert.NotContains(t, k.topics, "fresh")

		started := stopped
		started.Stopped = false
		assert.Equal(t, "update", fresh.Up(started))
		assert.Equal(t, int32(6), k.topics["fresh"].Partitions)
		started.Name = "orders"
		assert.Equal(t, "update", old.Up(started))
		assert.Equal(t, int32(6), k.topics["orders"].Partitions)

		never := k.topic(t)
		stopped.Name = "never"
		never.Up(stopped)
		k.did = nil
		require.NoError(t, never.Destroy(), "protected or not, it has no records")
		assert.Empty(t, k.did)
	})
}

// Where nobody answers, a preview and a refresh ask once for all topics, and go on.
func TestTopicsUnseen(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		cluster := k.cluster()
		var all []*life.Stack[TopicArgs, TopicState]
		for i := range 20 {
			s := &life.Stack[TopicArgs, TopicState]{T: t, R: Topic{cluster}}
			args := orders(3, nil)
			args.Name = fmt.Sprintf("topic-%d", i)
			s.Up(args)
			all = append(all, s)
		}
		k.away, k.asked = errors.New("nobody is there"), 0
		for _, s := range all {
			s.Refresh()
			assert.NotEmpty(t, s.ID, "what cannot be looked at stays as it is")
			more := s.Inputs
			more.Partitions = 6
			did, err := s.Preview(more)
			require.NoError(t, err)
			assert.Equal(t, "update", did)
			less := s.Inputs
			less.Partitions = 2
			_, err = s.Preview(less)
			require.ErrorContains(t, err, "Kafka never makes them less", "which needs nobody")
		}
		assert.Equal(t, 1, k.asked)
	})
}

// What goes by is waited out, and what does not is an error in time.
func TestTopicPatience(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.topic(t)
		k.hiccups = 3
		require.NoError(t, s.Try(orders(3, nil)))
		k.away = errors.New("nobody is there")
		require.ErrorContains(t, s.Try(orders(6, nil)), "for 2m0s: nobody is there")
		elsewhere := orders(6, nil)
		elsewhere.Context = "elsewhere"
		require.ErrorContains(t, s.Try(elsewhere), "no such context")
		k.away = nil
		s.Up(orders(6, nil))

		// A broker may not have heard of it yet.
		k.behind, k.did = 3, nil
		require.NoError(t, s.Try(orders(7, nil)))
		assert.Equal(t, []string{"grow orders to 7"}, k.did)
		k.behind = 1
		did, err := s.Preview(orders(8, nil))
		require.NoError(t, err, "which is no reason for a preview to fail")
		assert.Equal(t, "update", did)
	})
}

func TestTopicCheck(t *testing.T) {
	check := func(values map[string]property.Value) []string {
		all := map[string]property.Value{
			"context": property.New("here"), "namespace": property.New("n"), "statefulSet": property.New("brokers"),
			"bootstrapServers": property.New("kafka:9092"), "name": property.New("orders"),
		}
		for key, value := range values {
			all[key] = value
		}
		checked, err := Topic{}.Check(t.Context(), infer.CheckRequest{NewInputs: property.NewMap(all)})
		require.NoError(t, err)
		var failures []string
		for _, failure := range checked.Failures {
			failures = append(failures, failure.Property+": "+failure.Reason)
		}
		return failures
	}
	assert.Empty(t, check(nil))
	assert.Empty(t, check(map[string]property.Value{"name": property.New(property.Computed)}))
	assert.Equal(t, []string{
		`name: topic "a b" must be letters (a to z, A to Z), digits, dots, underscores and dashes`,
		"partitions: -1: must be at least 1, or none for the cluster's default",
		"replicationFactor: -2: must be from 1 to the number of brokers, or none for the cluster's default",
	}, check(map[string]property.Value{"name": property.New("a b"), "partitions": property.New(-1.0), "replicationFactor": property.New(-2.0)}))
}

func TestSame(t *testing.T) {
	for _, pair := range [][2]string{{"a", "a"}, {"600", "0600"}, {"0.50", "0.5"}, {"TRUE", "true"}, {"compact, delete", "compact,delete"}, {"", ""}} {
		assert.True(t, same(pair[0], pair[1]), "%q", pair)
	}
	for _, pair := range [][2]string{
		{"a", "A"}, {"600", "601"}, {"9223372036854775807", "9223372036854775806"}, {"true", "false"}, {"a,b", "a"}, {"", "0"}, {"b,a", "a,b"},
	} {
		assert.False(t, same(pair[0], pair[1]), "%q", pair)
	}
}
