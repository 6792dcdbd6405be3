package automation

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestViewSaysNewsOnce(t *testing.T) {
	var out bytes.Buffer
	show := View(&out)
	begin := time.Unix(0, 0)
	const set = "urn:pulumi:dev::kafka-kraft::kubernetes:apps/v1:StatefulSet::kafka"
	for second, e := range []Event{
		{Kind: Began},
		{Kind: Started, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Op: "update"},
		{Kind: Waiting, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Message: "1 of 3 pods are ready"},
		{Kind: Waiting, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Message: "1 of 3 pods are ready"},
		{Kind: Started, URN: "urn:pulumi:dev::kafka-kraft::x:y:Same::s", Type: "x:y:Same", Name: "s", Op: "same"},
		{Kind: Finished, URN: set, Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Op: "update"},
		{Kind: Ended, Message: "1 update in 6s"},
	} {
		e.Time, e.Stack, e.Doing = begin.Add(time.Duration(second)*time.Second), "dev", "up"
		show(e)
	}
	assert.Equal(t, `[   0s] dev: up: begins
[   1s] dev: up: update StatefulSet kafka
[   2s] dev: up: StatefulSet kafka: 1 of 3 pods are ready
[   5s] dev: up: update StatefulSet kafka done (1/2)
[   6s] dev: up: 1 update in 6s
`, out.String())
}

// On a terminal there is one line: how far, since when, and what is waited for.
func TestViewOnATerminal(t *testing.T) {
	p := &progress{begin: time.Unix(0, 0), started: map[string]bool{}, done: map[string]bool{}, waiting: map[string]string{}, doing: "up"}
	last := Event{}
	for _, e := range []Event{
		{Kind: Started, URN: "a", Type: "kubernetes:core/v1:Service", Name: "kafka-headless", Op: "create"},
		{Kind: Finished, URN: "a", Type: "kubernetes:core/v1:Service", Name: "kafka-headless", Op: "create"},
		{Kind: Started, URN: "b", Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Op: "create"},
		{Kind: Waiting, URN: "b", Type: "kubernetes:apps/v1:StatefulSet", Name: "kafka", Message: "2 of 3 pods are ready"},
	} {
		e.Stack, e.Time = "dev", time.Unix(34, 0)
		p.take(e)
		last = e
	}
	assert.Equal(t, "dev: up [1/2] 34s · StatefulSet kafka: 2 of 3 pods are ready", p.line(last))
}
