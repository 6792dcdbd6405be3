package topics

import (
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/life"
)

func (k *kafka) quota(t *testing.T) *life.Stack[QuotaArgs, QuotaState] {
	return &life.Stack[QuotaArgs, QuotaState]{T: t, R: Quota{k.cluster()}}
}

func billing(limits Limits) QuotaArgs {
	return QuotaArgs{Place: at(), ClientID: "billing", Limits: limits}
}

func TestQuota(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.quota(t)
		assert.Equal(t, "create", s.Up(billing(Limits{ProducerByteRate: 1000, RequestPercentage: 12.5})))
		assert.Equal(t, "here/kafka:9092/client-id=billing&user=", s.ID)
		k.quotas["client id billing"]["consumer_byte_rate"] = 7 // somebody else's
		k.did = nil
		assert.Equal(t, "update", s.Up(billing(Limits{ProducerByteRate: 2000})))
		assert.Equal(t, []string{"limit client id billing: map[producer_byte_rate:2000], not [request_percentage]"}, k.did)

		k.quotas["client id billing"]["producer_byte_rate"] = 3
		s.Refresh()
		assert.Equal(t, Limits{ProducerByteRate: 3}, s.State.Limits)
		assert.Equal(t, "update", s.Up(billing(Limits{ProducerByteRate: 2000})))

		delete(k.quotas["client id billing"], "producer_byte_rate")
		s.Refresh()
		assert.Empty(t, s.ID)
		s.Up(billing(Limits{ProducerByteRate: 2000}))

		other := billing(Limits{ProducerByteRate: 2000})
		other.User = ops.DefaultEntity
		did, err := s.Preview(other)
		require.NoError(t, err)
		assert.Equal(t, "replace", did)
		require.NoError(t, s.Destroy())
		assert.Equal(t, map[string]float64{"consumer_byte_rate": 7}, k.quotas["client id billing"])
	})
}

func TestQuotaThatIsThere(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.quotas["client id billing"] = map[string]float64{"producer_byte_rate": 5}
		s := k.quota(t)
		ins := billing(Limits{ProducerByteRate: 6})
		_, err := s.Preview(ins)
		require.ErrorContains(t, err, "the quota of client id billing is somebody else's: it has producer_byte_rate=5, not 6")
		require.ErrorContains(t, s.Try(ins), "adopt: true")
		assert.Empty(t, k.did)
		ins.Adopt = true
		s.Up(ins)
		assert.Equal(t, map[string]float64{"producer_byte_rate": 6}, k.quotas["client id billing"])
	})
}

func TestQuotaOfAStoppedCluster(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.quota(t)
		ins := billing(Limits{ProducerByteRate: 6})
		ins.Stopped = true
		s.Up(ins)
		s.Refresh()
		assert.Zero(t, k.asked)
		ins.Stopped = false
		assert.Equal(t, "update", s.Up(ins))
		assert.Equal(t, map[string]float64{"producer_byte_rate": 6}, k.quotas["client id billing"])
	})
}

func TestQuotaCheck(t *testing.T) {
	check := func(values map[string]property.Value) int {
		all := map[string]property.Value{
			"context": property.New("here"), "namespace": property.New("n"), "statefulSet": property.New("brokers"), "bootstrapServers": property.New("kafka:9092"),
		}
		for key, value := range values {
			all[key] = value
		}
		checked, err := Quota{}.Check(t.Context(), infer.CheckRequest{NewInputs: property.NewMap(all)})
		require.NoError(t, err)
		return len(checked.Failures)
	}
	assert.Zero(t, check(map[string]property.Value{"user": property.New("a"), "producerByteRate": property.New(1.0)}))
	assert.Zero(t, check(map[string]property.Value{"user": property.New(property.Computed), "producerByteRate": property.New(property.Computed)}))
	assert.Equal(t, 2, check(nil), "nobody, and nothing")
	assert.Equal(t, 1, check(map[string]property.Value{"user": property.New("a"), "producerByteRate": property.New(-1.0)}))
}
