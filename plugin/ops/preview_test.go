package ops

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
)

func TestPlanned(t *testing.T) {
	t.Parallel()
	with := func(replicas int, revision string) RolloutArgs {
		return RolloutArgs{StatefulSet: "kafka", Replicas: replicas, Revision: revision}
	}
	none, all := rollout.Order{}, rollout.Order{Pods: []string{"kafka-1", "kafka-0", "kafka-2"}, Active: "kafka-2"}
	five, seven := 5, 7
	before, after := with(3, "a"), with(3, "a")
	before.Generation, after.Generation = &five, &seven
	for name, c := range map[string]struct {
		old  *RolloutArgs
		now  RolloutArgs
		due  rollout.Order
		says string
	}{
		"new":     {nil, with(1, "a"), none, "would wait until 1 pod of kafka run, are ready and have caught up"},
		"another": {new(with(3, "a")), with(3, "b"), none, "would restart 3 pods of kafka, one at a time, the active controller last, each when the others are ready and in sync"},
		"unknown": {new(with(3, "a")), with(3, ""), none, "would restart 3 pods of kafka, one at a time, the active controller last, each when the others are ready and in sync"},
		"known": {new(with(3, "a")), with(3, "b"), all, "would restart kafka-1, kafka-0, kafka-2, in this order, 3 steps of one pod, each when the others are ready and in sync; " +
			"kafka-2 has the active controller now"},
		"more, and another": {new(with(3, "a")), with(5, "b"), rollout.Order{Pods: []string{"kafka-1", "kafka-0"}},
			"would wait while kafka goes from 3 pods to 5, until all are ready and have caught up; " +
				"would restart kafka-1, kafka-0, in this order, 2 steps of one pod, each when the others are ready and in sync"},
		"one left": {new(with(3, "a")), with(3, "a"), rollout.Order{Pods: []string{"kafka-0"}}, "would restart kafka-0"},
		"more":     {new(with(3, "a")), with(5, "a"), none, "would wait while kafka goes from 3 pods to 5, until all are ready and have caught up"},
		"stopped":  {new(with(3, "a")), with(0, "a"), none, "would wait until all pods of kafka have stopped"},
		"started":  {new(with(0, "a")), with(3, "a"), none, "would wait until 3 pods of kafka have started, are ready and have caught up"},
		"back":     {&before, after, none, "would wait until 3 pods of kafka are up to date, are ready and have caught up"},
		"cut off":  {new(with(3, "a")), with(3, "a"), none, "would go on until 3 pods of kafka are up to date, are ready and have caught up"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.says, planned(c.old, c.now, c.due))
		})
	}
}
