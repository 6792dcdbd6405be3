package ops

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestChanges(t *testing.T) {
	t.Parallel()
	input := p.PropertyDiff{Kind: p.Update, InputDiff: true}
	other := serve(0, 1)
	other.ExternalBootstrapServers, other.Admin, other.Throttle, other.Stopped = "node:30000", "kafka-admin", 5, true
	pending := served(0, 1, 2)
	pending.Pending = true
	stopped := pending
	stopped.Stopped = true
	rests := serve(0, 1, 2)
	rests.Stopped = true
	for name, c := range map[string]struct {
		state MembershipState
		now   MembershipArgs
		diff  map[string]p.PropertyDiff
	}{
		"none":          {served(0, 1, 2), serve(0, 1, 2), map[string]p.PropertyDiff{}},
		"of everywhere": {served(0, 1, 2), other, map[string]p.PropertyDiff{"brokers": input, "externalBootstrapServers": input, "admin": input, "throttle": input, "stopped": input}},
		"pending":       {pending, serve(0, 1, 2), map[string]p.PropertyDiff{"pending": {Kind: p.Update}}},
		"it rests":      {stopped, rests, map[string]p.PropertyDiff{}},
	} {
		diff, err := Membership{}.Diff(t.Context(), infer.DiffRequest[MembershipArgs, MembershipState]{Inputs: c.now, State: c.state})
		require.NoError(t, err)
		assert.Equal(t, p.DiffResponse{HasChanges: len(c.diff) > 0, DetailedDiff: c.diff}, diff, name)
	}
}
