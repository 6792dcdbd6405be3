package ops

import (
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gate    Rollout
		context string
		reached string
		closed  string // "" if it stands open
	}{
		"open":                    {gate(stateful(3)), "here", "two", ""},
		"cut off, then got there": {gate(stateful(3)), "here", "", "the last rollout of kafka was cut off; the next up goes on with it"},
		"of an older revision":    {gate(stateful(3)), "here", "one", "the last rollout of kafka was cut off; the next up goes on with it"},
		"a pod has gone":          {gate(stateful(2)), "here", "two", "stateful set n/kafka: 2 of 3 pods are up to date, 2 are ready"},
		"deleted":                 {gate(), "here", "two", "stateful set n/kafka is gone"},
		"unreachable":             {gate(), "elsewhere", "two", ""},
		"unreachable and cut off": {gate(), "elsewhere", "", "the last rollout of kafka was cut off; the next up goes on with it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inputs := args()
			inputs.Context = c.context
			state := RolloutState{RolloutArgs: inputs, Reached: c.reached}
			found, err := c.gate.Read(t.Context(), infer.ReadRequest[RolloutArgs, RolloutState]{ID: "n/kafka", Inputs: inputs, State: state})
			assert.Equal(t, infer.ReadResponse[RolloutArgs, RolloutState]{ID: "n/kafka", Inputs: inputs, State: state}, found)
			if c.closed == "" {
				require.NoError(t, err)
				return
			}
			assert.Equal(t, []string{c.closed}, reasons(t, err))
		})
	}
}

func TestImportIsRefused(t *testing.T) {
	t.Parallel()
	_, err := gate().Read(t.Context(), infer.ReadRequest[RolloutArgs, RolloutState]{ID: "n/kafka"})
	require.ErrorContains(t, err, "not imported")
}
