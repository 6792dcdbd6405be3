package topics

import (
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

func (k *kafka) quota(t *testing.T) *stack[QuotaArgs, QuotaState] {
	return &stack[QuotaArgs, QuotaState]{t: t, r: Quota{k.cluster()}}
}

func billing(limits Limits) QuotaArgs {
	return QuotaArgs{Place: at(), ClientID: "billing", Limits: limits}
}

func TestQuota(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.quota(t)
		assert.Equal(t, "create", s.up(billing(Limits{ProducerByteRate: 1000, RequestPercentage: 12.5})))
		assert.Equal(t, "here/kafka:9092/client-id=billing&user=", s.id)
		k.quotas["client id billing"]["consumer_byte_rate"] = 7 // somebody else's
		k.did = nil
		assert.Equal(t, "update", s.up(billing(Limits{ProducerByteRate: 2000})))
		assert.Equal(t, []string{"limit client id billing: map[producer_byte_rate:2000], not [request_percentage]"}, k.did)

		k.quotas["client id billing"]["producer_byte_rate"] = 3
		s.refresh()
		assert.Equal(t, Limits{ProducerByteRate: 3}, s.state.Limits)
		assert.Equal(t, "update", s.up(billing(Limits{ProducerByteRate: 2000})))

		delete(k.quotas["client id billing"], "producer_byte_rate")
		s.refresh()
		assert.Empty(t, s.id)
		s.up(billing(Limits{ProducerByteRate: 2000}))

		other := billing(Limits{ProducerByteRate: 2000})
		other.User = ops.DefaultEntity
		did, err := s.preview(other)
		require.NoError(t, err)
		assert.Equal(t, "replace", did)
		require.NoError(t, s.destroy())
		assert.Equal(t, map[string]float64{"consumer_byte_rate": 7}, k.quotas["client id billing"])
	})
}

func TestQuotaThatIsThere(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.quotas["client id billing"] = map[string]float64{"producer_byte_rate": 5}
		s := k.quota(t)
		ins := billing(Limits{ProducerByteRate: 6})
		_, err := s.preview(ins)
		require.ErrorContains(t, err, "the quota of client id billing is somebody else's: it has producer_byte_rate=5, not 6")
		require.ErrorContains(t, s.try(ins), "adopt: true")
		assert.Empty(t, k.did)
		ins.Adopt = true
		s.up(ins)
		assert.Equal(t, map[string]float64{"producer_byte_rate": 6}, k.quotas["client id billing"])
	})
}

func TestQuotaOfAStoppedCluster(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.quota(t)
		ins := billing(Limits{ProducerByteRate: 6})
		ins.Stopped = true
		s.up(ins)
		s.refresh()
		assert.Zero(t, k.asked)
		ins.Stopped = false
		assert.Equal(t, "update", s.up(ins))
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
