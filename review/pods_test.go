package review

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
)

// pool is a StatefulSet of ours as a plan has it.
func pool(replicas float64, heap string) map[string]any {
	return m{
		"metadata": m{"name": "kafka", "namespace": "n"},
		"spec": m{
			"replicas": replicas, "podManagementPolicy": "Parallel",
			"template": m{
				"metadata": m{"labels": m{"kafka-broker": "true"}},
				"spec":     m{"containers": []any{m{"name": "kafka", "env": []any{m{"name": "KAFKA_HEAP_OPTS", "value": heap}}}}},
			},
		},
	}
}

func TestPods(t *testing.T) {
	three, two, none := []string{"kafka-0", "kafka-1", "kafka-2"}, []string{"kafka-0", "kafka-1"}, pool(0, "a")
	heap := []string{"spec.containers[kafka].env[KAFKA_HEAP_OPTS].value"}
	on := func(movement Movement, atOnce bool, because []string, names ...string) Pods {
		return Pods{StatefulSet: "kafka", Namespace: "n", Broker: true, Movement: movement, AtOnce: atOnce, Because: because, Names: names}
	}
	ordered := pool(3, "a")
	walk.Object(ordered["spec"])["podManagementPolicy"] = nil
	gated, foreign := pool(3, "b"), pool(3, "b")
	walk.Object(gated["spec"])["updateStrategy"] = m{"type": "OnDelete"}
	walk.Object(foreign["spec"])["updateStrategy"] = m{"type": "OnDelete"}
	walk.Object(walk.At(foreign, "spec", "template", "metadata"))["labels"] = m{}
	byGate := on(Roll, false, heap, "kafka-2", "kafka-1", "kafka-0")
	byGate.ByGate = true
	other := pool(3, "a")
	walk.Object(other["spec"])["minReadySeconds"] = 3.0

	for name, test := range map[string]struct {
		step Step
		want []Pods
	}{
		"made":         {Step{Op: Create, New: pool(3, "a")}, []Pods{on(Start, true, nil, three...)}},
		"made stopped": {Step{Op: Create, New: none}, nil},
		"in order":     {Step{Op: Create, New: ordered}, []Pods{on(Start, false, nil, three...)}},
		"deleted":      {Step{Op: Delete, Old: pool(3, "a")}, []Pods{on(Stop, true, nil, "kafka-2", "kafka-1", "kafka-0")}},
		"replaced":     {Step{Op: Replace, Old: pool(3, "a"), New: pool(2, "a")}, []Pods{on(Recreate, true, nil, three...)}},
		"same":         {Step{Op: Same, Old: pool(3, "a"), New: pool(3, "a")}, nil},
		"rolls":        {Step{Op: Update, Old: pool(3, "a"), New: pool(3, "b")}, []Pods{on(Roll, false, heap, "kafka-2", "kafka-1", "kafka-0")}},
		"not yet":      {Step{Op: Update, Old: pool(3, "a"), New: pool(3, Unknown)}, []Pods{on(Roll, false, heap, "kafka-2", "kafka-1", "kafka-0")}},
		"by a gate":    {Step{Op: Update, Old: pool(3, "a"), New: gated}, []Pods{byGate}},
		"by hand":      {Step{Op: Update, Old: pool(3, "a"), New: foreign}, nil},
		"other":        {Step{Op: Update, Old: pool(3, "a"), New: other}, nil},
		"stopped":      {Step{Op: Update, Old: pool(3, "a"), New: none}, []Pods{on(Stop, true, nil, "kafka-2", "kafka-1", "kafka-0")}},
		"started":      {Step{Op: Update, Old: none, New: pool(3, "b")}, []Pods{on(Start, true, nil, three...)}},
		"out": {Step{Op: Update, Old: pool(2, "a"), New: pool(3, "b")}, []Pods{
			on(Start, true, nil, "kafka-2"), on(Roll, false, heap, "kafka-1", "kafka-0"),
		}},
		"in":             {Step{Op: Update, Old: pool(3, "a"), New: pool(2, "a")}, []Pods{on(Stop, true, nil, "kafka-2")}},
		"one by default": {Step{Op: Create, New: m{"metadata": m{"name": "x"}}}, []Pods{{StatefulSet: "x", Movement: Start, Names: []string{"x-0"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			test.step.Type = statefulSet
			plan := &Plan{Steps: []Step{test.step}}
			assert.Equal(t, test.want, plan.Pods())
		})
	}
	assert.Len(t, two, 2)
	for want, pods := range map[string]Pods{
		"`kafka` (brokers): `kafka-0`, `kafka-1` start, all at once":                                                                                          on(Start, true, nil, two...),
		"`kafka` (brokers): `kafka-0`, `kafka-1` start, one after the other":                                                                                  on(Start, false, nil, two...),
		"`kafka` (brokers): `kafka-0` stops":                                                                                                                  on(Stop, true, nil, "kafka-0"),
		"`kafka` (brokers): `kafka-0` restarts, because of `a`":                                                                                               on(Roll, false, []string{"a"}, "kafka-0"),
		"`kafka` (brokers): `kafka-0`, `kafka-1` **are replaced**: all of them stop before the first new one starts":                                          on(Recreate, true, nil, two...),
		"`kafka` (brokers): `kafka-0`, `kafka-1` restart in this order, each when the one before it is ready again, because of `a`, `b`, `c`, `d` and 1 more": on(Roll, false, []string{"a", "b", "c", "d", "e"}, two...),
		"`x` (controllers): `x-1`, `x-0` restart one at a time, the active controller last, each when the others are ready again": {
			StatefulSet: "x", Controller: true, Movement: Roll, ByGate: true, Names: []string{"x-1", "x-0"},
		},
		"`x` (brokers and controllers): `x-0` starts": {StatefulSet: "x", Broker: true, Controller: true, Movement: Start, Names: []string{"x-0"}},
		"`x` (controllers): `x-0` starts":             {StatefulSet: "x", Controller: true, Movement: Start, Names: []string{"x-0"}},
		"`x`: `x-0` starts":                           {StatefulSet: "x", Movement: Start, Names: []string{"x-0"}},
	} {
		assert.Equal(t, want, pods.String())
	}
}

func TestFailOn(t *testing.T) {
	plan := &Plan{Steps: []Step{
		{Type: "kubernetes:core/v1:Service", Name: "s", Op: Create},
		{Type: configMap, Name: "c", Op: Replace},
		{Type: statefulSet, Name: "k", Op: Delete},
		{Type: "pulumi:providers:kubernetes", Name: "p", Op: Replace},
	}}
	for list, want := range map[string]string{
		"":                "",
		"replace":         "",
		"replace,delete":  "would delete StatefulSet k",
		"update , create": "would create Service s, update ConfigMap c",
	} {
		ops, err := ParseFailOn(list)
		assert.NoError(t, err)
		if err := plan.FailOn(ops); want == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, want)
		}
	}
	plan.Steps[1].DeleteFirst = true
	ops, _ := ParseFailOn("replace")
	assert.ErrorContains(t, plan.FailOn(ops), "replace ConfigMap c")
	_, err := ParseFailOn("destroy")
	assert.ErrorContains(t, err, `"destroy": must be a list of create, update, replace and delete`)
}
