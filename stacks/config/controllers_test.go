package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

func separated(controllers int) Config {
	c := Default()
	c.Topology, c.Controllers = topology.Separated, controllers
	c.Storage = Storage{Mode: PerPod, Size: "10Gi", ControllerSize: "2Gi"}
	return c
}

func TestControllersComeAndGo(t *testing.T) {
	for name, c := range map[string]struct {
		config     Config
		first, now int
		why, want  string // want is empty if they may
	}{
		"3 to 5":             {separated(5), 3, 3, "", ""},
		"5 to 3":             {separated(3), 3, 5, "", ""},
		"by default":         {separated(0), 3, 5, "", ""},
		"5 to 9":             {separated(9), 5, 5, "", ""},
		"9 to 5":             {separated(5), 5, 9, "", ""},
		"nobody began yet":   {separated(9), 0, 0, "cannot do", ""},
		"combined":           {Default(), 3, 3, "cannot do", ""},
		"more, stopped":      {separated(5), 3, 3, "cannot do", ""},
		"as many, stopped":   {separated(5), 3, 5, "cannot do", ""},
		"5 to 3, stopped":    {separated(3), 3, 5, "a cluster cannot do", `controllers: "3": the quorum has 5, and those that go are taken out of it, which a cluster cannot do`},
		"5 to 1":             {separated(1), 3, 5, "", `controllers: "1": must be 3 or 5: 3 began the quorum`},
		"5 to 1, stopped":    {separated(1), 3, 5, "cannot do", `controllers: "1": must be 3 or 5`},
		"3 to 1":             {separated(1), 3, 3, "", `controllers: "1": must be 3 or 5: 3 began the quorum`},
		"3 to 7":             {separated(7), 3, 3, "", `controllers: "7": must be 3 or 5: 3 began the quorum, whose addresses every node starts from, and of more than 5`},
		"1 to 3":             {separated(3), 1, 1, "", `controllers: "3": must be 1: 1 began the quorum`},
		"fewer than 5":       {separated(0), 5, 5, "", `controllers: "3": must be 5 or 7 or 9: 5 began the quorum`},
		"too many, whatever": {separated(11), 7, 7, "", ""}, // Validate says so
	} {
		t.Run(name, func(t *testing.T) {
			err := c.config.Voting(c.first, c.now, c.why).Err()
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			assert.ErrorContains(t, err, "kafka-kraft:"+c.want)
		})
	}
}

// A record says how many began, for life, and how many there are; an older one says only how
// many there are, which is the same.
func TestRecordOfControllers(t *testing.T) {
	old := separated(0).Record()
	first, now := Controllers(old)
	assert.Equal(t, [2]int{3, 3}, [2]int{first, now})
	assert.Equal(t, old, WithControllers(old, 3, 3))

	grown := WithControllers(separated(5).Record(), 3, 5)
	first, now = Controllers(grown)
	assert.Equal(t, [2]int{3, 5}, [2]int{first, now})
	assert.Equal(t, old, WithControllers(grown, 3, 3))
	for _, n := range []int{3, 5} {
		changes, err := separated(n).Changes(grown, "")
		require.NoError(t, err)
		assert.Empty(t, changes, "how many there may be is for Voting")
	}

	combined := Default().Record()
	first, now = Controllers(combined)
	assert.Zero(t, first+now)
	assert.Equal(t, combined, WithControllers(combined, 3, 5))
	assert.Equal(t, "%", WithControllers("%", 3, 5))
}
