package stacks

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/record"
)

// live is what an earlier run of these keys left in the stack's outputs.
func live(t *testing.T, keys map[string]string) map[string]any {
	t.Helper()
	config, err := Parse(keys)
	require.NoError(t, err)
	require.NoError(t, config.Validate())
	return map[string]any{OutputFrozen: config.record(), OutputClusterID: "5L6g3nShT-eMCtK--X86sw"}
}

func TestLiveStackRefusesWhatWouldCostRecords(t *testing.T) {
	combined := merged(good["combined"], map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi"}`})
	for name, c := range map[string]struct{ before, change map[string]string }{
		"topology":                {combined, map[string]string{"topology": "separated", "storage": `{"mode":"perPod"}`}},
		"clusterName":             {combined, map[string]string{"clusterName": "other"}},
		"namespace":               {combined, map[string]string{"namespace": "other"}},
		"createNamespace":         {combined, map[string]string{"createNamespace": "false"}},
		"clusterDomain":           {combined, map[string]string{"clusterDomain": "other.local"}},
		"brokerIds":               {combined, map[string]string{"brokerIds": "5"}},
		"brokers":                 {combined, map[string]string{"brokers": "5"}},
		"clusterId":               {combined, map[string]string{"clusterId": "AAAAAAAAAAAAAAAAAAAAAA"}},
		"storage.mode":            {combined, map[string]string{"storage": `{"mode":"shared"}`}},
		"storage.size":            {combined, map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi","size":"20Gi"}`}},
		"storage.className":       {combined, map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi","className":"x"}`}},
		"storage.metadataSize":    {combined, map[string]string{"storage": `{"mode":"perPod"}`}},
		"storage.hostPath":        {good["combined"], map[string]string{"storage": `{"hostPath":"/mnt/other"}`}},
		"storage.volumeName":      {good["combined"], map[string]string{"storage": `{"volumeName":"other"}`}},
		"controllers":             {good["separated"], map[string]string{"controllers": "5"}},
		"controllerIds":           {good["separated"], map[string]string{"controllerIds": "3000"}},
		"storage.controllerSize":  {good["separated"], map[string]string{"storage": `{"mode":"perPod","controllerSize":"4Gi"}`}},
		"brokers, one less":       {good["separated"], map[string]string{"brokers": "2"}},
		"brokers, stopped or not": {good["separated"], map[string]string{"brokers": "2", "stopped": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig(t)
			keys := map[string]string{"kafka-kraft:image": ready}
			for key, value := range merged(c.before, c.change) {
				keys["kafka-kraft:"+key] = value
			}
			_, err := record.Run(keys, Program)
			require.NoError(t, err, "for a new stack it is a good configuration")
			resources, err := record.RunLive(keys, live(t, c.before), Program)
			key, _, _ := strings.Cut(name, ",")
			require.ErrorContains(t, err, "kafka-kraft:"+key+": ")
			assert.Empty(t, resources)
		})
	}
}

func TestLiveStackMayGrowAndStop(t *testing.T) {
	for name, c := range map[string]struct{ before, change map[string]string }{
		"the same":         {good["combined"], nil},
		"its own id":       {good["combined"], map[string]string{"clusterId": "5L6g3nShT-eMCtK--X86sw"}},
		"stopped":          {good["combined"], map[string]string{"stopped": "true"}},
		"more brokers":     {good["separated"], map[string]string{"brokers": "4"}},
		"larger heap":      {good["separated"], map[string]string{"broker": `{"heap":"512Mi"}`}},
		"metrics off":      {good["separated"], map[string]string{"metrics": "false"}},
		"open to clients":  {good["separated"], map[string]string{"external": `{"type":"nodePort","host":"h","basePort":30000}`}},
		"another replicas": {good["separated"], map[string]string{"replicationFactor": "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig(t)
			keys := map[string]string{"kafka-kraft:image": ready}
			for key, value := range merged(c.before, c.change) {
				keys["kafka-kraft:"+key] = value
			}
			_, err := record.RunLive(keys, live(t, c.before), Program)
			require.NoError(t, err)
		})
	}
}

// A later version may freeze more: what an older record does not mention is free.
func TestRecordOfAnotherVersion(t *testing.T) {
	config, err := Parse(good["combined"])
	require.NoError(t, err)
	assert.Empty(t, config.changes(url.Values{"topology": {"combined"}, "somethingOld": {"x"}}, ""))
	assert.Empty(t, config.changes(url.Values{}, ""))
}
