package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func TestRestarted(t *testing.T) {
	t.Parallel()
	combined := config.Default()
	separated := combined
	separated.Topology = topology.Separated
	for name, c := range map[string]struct {
		in    config.Config
		roles []topology.Role
		want  map[string]string
	}{
		"all nodes, combined": {combined, nil, map[string]string{"restart.brokers": "now"}},
		"all nodes":           {separated, nil, map[string]string{"restart.brokers": "now", "restart.controllers": "now"}},
		"brokers":             {separated, []topology.Role{topology.Broker}, map[string]string{"restart.brokers": "now"}},
		"controllers":         {separated, []topology.Role{topology.Controller}, map[string]string{"restart.controllers": "now"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			values, err := restarted(c.in, "now", c.roles)
			require.NoError(t, err)
			assert.Equal(t, c.want, values)
		})
	}
}

// What cannot be meant is told at once, all of it, before Pulumi or a cluster is asked.
func TestRestartRefuses(t *testing.T) {
	t.Parallel()
	s := &Stack{name: "dev", config: config.Default()}
	s.config.Stopped = true
	_, err := s.Restart(t.Context(), topology.Controller, "observer")
	require.ErrorIs(t, err, ErrConfig)
	for _, text := range []string{
		"the stack is stopped", `role "controller": every node is broker and controller, so name no role`, `role "observer": must be broker or controller`,
	} {
		require.ErrorContains(t, err, text)
	}
	s.config.Stopped = false
	s.options.Trial = true
	_, err = s.Restart(t.Context())
	require.ErrorContains(t, err, "Options.Trial")
	s.options.Trial = false
	s.changing.Lock()
	_, err = s.Restart(t.Context())
	require.ErrorIs(t, err, ErrLocked)
}
