package automation

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kadm"
)

func TestLagOf(t *testing.T) {
	t.Parallel()
	committed := func(change func(*kadm.FetchOffsetsResponse)) kadm.FetchOffsetsResponse {
		r := kadm.FetchOffsetsResponse{Fetched: kadm.OffsetResponses{"t": {
			0: {Offset: kadm.Offset{At: 30}}, 1: {Offset: kadm.Offset{At: 41}}, 2: {Offset: kadm.Offset{At: -1}},
		}}}
		change(&r)
		return r
	}
	ends := kadm.ListedOffsets{"t": {0: {Offset: 100}, 1: {Offset: 40}, 2: {Offset: 7}, 3: {Err: errors.New("no leader")}}}
	for name, c := range map[string]struct {
		change func(*kadm.FetchOffsetsResponse)
		want   int64
	}{
		"one that is behind, one that has committed since, one without an offset": {func(*kadm.FetchOffsetsResponse) {}, 70},
		"nothing committed":   {func(r *kadm.FetchOffsetsResponse) { r.Fetched = nil }, 0},
		"no answer":           {func(r *kadm.FetchOffsetsResponse) { r.Err = errors.New("no coordinator") }, -1},
		"an end is not known": {func(r *kadm.FetchOffsetsResponse) { r.Fetched["t"][3] = kadm.OffsetResponse{} }, -1},
		"another topic":       {func(r *kadm.FetchOffsetsResponse) { r.Fetched["gone"] = map[int32]kadm.OffsetResponse{0: {}} }, -1},
	} {
		assert.Equal(t, c.want, lagOf(committed(c.change), ends), name)
	}
}
