package ops

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPlanned(t *testing.T) {
	t.Parallel()
	with := func(replicas int, revision string) RolloutArgs {
		return RolloutArgs{StatefulSet: "kafka", Replicas: replicas, Revision: revision}
	}
	five, seven := 5, 7
	before, after := with(3, "a"), with(3, "a")
	before.Generation, after.Generation = &five, &seven
	for name, c := range map[string]struct {
		old  *RolloutArgs
		now  RolloutArgs
		says string
	}{
		"new":     {nil, with(1, "a"), "would wait until 1 pod of kafka run, are ready and have caught up"},
		"another": {new(with(3, "a")), with(3, "b"), "would wait while 3 pods of kafka restart, kafka-2 first, each after the one before it is ready, until all have caught up"},
		"unknown": {new(with(3, "a")), with(3, ""), "would wait while 3 pods of kafka restart, kafka-2 first, each after the one before it is ready, until all have caught up"},
		"more":    {new(with(3, "a")), with(5, "a"), "would wait while kafka goes from 3 pods to 5, until all are ready and have caught up"},
		"stopped": {new(with(3, "a")), with(0, "a"), "would wait until all pods of kafka have stopped"},
		"started": {new(with(0, "a")), with(3, "a"), "would wait until 3 pods of kafka have started, are ready and have caught up"},
		"back":    {&before, after, "would wait until 3 pods of kafka are up to date, are ready and have caught up"},
		"cut off": {new(with(3, "a")), with(3, "a"), "would go on until 3 pods of kafka are up to date, are ready and have caught up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.says, planned(c.old, c.now))
		})
	}
}
