package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/components/topics"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

func TestTopics(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:topics"] = `{"orders":{},"logs.raw":{"partitions":12,"replicationFactor":2,"configs":{"retention.ms":1000},"deletionProtection":false,"adopt":true}}`
	keys["kafka-kraft:quotas"] = `{"orders":{"user":"<default>","clientId":"c","producerByteRate":"1Mi","requestPercentage":12.5}}`
	found := map[string]record.Resource{}
	for _, r := range recorded(t, keys) {
		if r.Type != topics.TopicType && r.Type != topics.QuotaType {
			continue
		}
		found[r.String()] = r
		assert.Equal(t, kafka.ClusterType+" ci", r.Parent)
		assert.Equal(t, kafka.ClusterType+" ci", r.With, "goes with the cluster")
		assert.Contains(t, r.Waits, "kafka-kraft:ops:Membership ci-kafka-broker")
		for _, where := range []string{"context", "namespace", "statefulSet", "bootstrapServers"} {
			assert.NotEmpty(t, r.Inputs[where], where)
			delete(r.Inputs, where)
		}
	}
	require.Len(t, found, 3)
	assert.Equal(t, map[string]any{"name": "orders"}, found[topics.TopicType+" orders"].Inputs)
	assert.Equal(t, map[string]any{
		"name": "logs.raw", "partitions": 12.0, "replicationFactor": 2.0, "configs": map[string]any{"retention.ms": "1000"}, "deletionProtection": false, "adopt": true,
	}, found[topics.TopicType+" logs.raw"].Inputs)
	assert.Equal(t, map[string]any{
		"user": "<default>", "clientId": "c", "producerByteRate": 1048576.0, "requestPercentage": 12.5,
	}, found[topics.QuotaType+" orders"].Inputs)
}

// A stack that is stopped says so to each, so that none is asked for.
func TestTopicsOfAStoppedStack(t *testing.T) {
	var all strings.Builder
	for i := range 200 {
		fmt.Fprintf(&all, `,"topic-%d":{}`, i)
	}
	keys := stackFile(t, "dev")
	keys["kafka-kraft:topics"] = "{" + all.String()[1:] + "}"
	keys["kafka-kraft:stopped"] = "true"
	stopped := 0
	for _, r := range recorded(t, keys) {
		if r.Type == topics.TopicType {
			assert.Equal(t, true, r.Inputs["stopped"])
			stopped++
		}
	}
	assert.Equal(t, 200, stopped)
}

// Topics that this stack's last destroy left with the records are its own.
func TestTopicsOfRecordsThatWereLeft(t *testing.T) {
	own := &survey.Record{Owner: "me"}
	for name, c := range map[string]struct {
		e    estate
		want bool
	}{
		"none left":        {estate{owner: "me"}, false},
		"our own":          {estate{owner: "me", found: survey.Found{Record: own}}, true},
		"another stack's":  {estate{owner: "you", found: survey.Found{Record: own}}, false},
		"it runs":          {estate{owner: "me", found: survey.Found{Record: own, Sets: map[string]survey.Set{"x": {}}}}, false},
		"it is remembered": {estate{owner: "me", found: survey.Found{Record: own}, memory: memory{clusterID: "x"}}, false},
	} {
		assert.Equal(t, c.want, c.e.goesOn(), name)
	}
	assert.True(t, topicArgs(topics.Place{}, config.Topic{}, true).Adopt)
	assert.True(t, quotaArgs(topics.Place{}, config.Quota{}, true).Adopt)
}
