package stacks

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

var (
	combinedKeys  = map[string]string{"context": "kafka-kraft-local"}
	separatedKeys = map[string]string{"context": "kafka-kraft-local", "topology": "separated", "storage": `{"mode":"perPod"}`}
)

func merge(base, more map[string]string) map[string]string {
	all := maps.Clone(base)
	maps.Copy(all, more)
	return all
}

// live is what an earlier run of these keys left in the stack's outputs.
func live(t *testing.T, keys map[string]string) map[string]any {
	t.Helper()
	loaded, err := config.Parse(keys)
	require.NoError(t, err)
	require.NoError(t, loaded.Validate())
	return map[string]any{OutputFrozen: loaded.Record(), OutputClusterID: "5L6g3nShT-eMCtK--X86sw"}
}

func TestLiveStackRefusesWhatWouldCostRecords(t *testing.T) {
	combined := merge(combinedKeys, map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi"}`})
	for name, c := range map[string]struct{ before, change map[string]string }{
		"topology":                   {combined, map[string]string{"topology": "separated", "storage": `{"mode":"perPod"}`}},
		"clusterName":                {combined, map[string]string{"clusterName": "other"}},
		"namespace":                  {combined, map[string]string{"namespace": "other"}},
		"createNamespace":            {combined, map[string]string{"createNamespace": "false"}},
		"clusterDomain":              {combined, map[string]string{"clusterDomain": "other.local"}},
		"brokerIds":                  {combined, map[string]string{"brokerIds": "5"}},
		"brokers":                    {combined, map[string]string{"brokers": "5"}},
		"clusterId":                  {combined, map[string]string{"clusterId": "AAAAAAAAAAAAAAAAAAAAAA"}},
		"storage.mode":               {combined, map[string]string{"storage": `{"mode":"shared"}`}},
		"storage.size":               {combined, map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi","size":"5Gi"}`}},
		"storage.className":          {combined, map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi","className":"x"}`}},
		"storage.metadataSize":       {combined, map[string]string{"storage": `{"mode":"perPod"}`}},
		"storage.metadataSize, less": {combined, map[string]string{"storage": `{"mode":"perPod","metadataSize":"512Mi"}`}},
		"storage.size, shared":       {combinedKeys, map[string]string{"storage": `{"size":"20Gi"}`}},
		"storage.node":               {merge(combinedKeys, map[string]string{"storage": `{"node":"here"}`}), map[string]string{"storage": `{"node":"there"}`}},
		"storage.node, forgotten":    {merge(combinedKeys, map[string]string{"storage": `{"node":"here"}`}), map[string]string{"storage": `{}`}},
		"storage.hostPath":           {combinedKeys, map[string]string{"storage": `{"hostPath":"/mnt/other"}`}},
		"storage.volumeName":         {combinedKeys, map[string]string{"storage": `{"volumeName":"other"}`}},
		"controllers, too many":      {separatedKeys, map[string]string{"controllers": "7"}},
		"controllers, too few":       {separatedKeys, map[string]string{"controllers": "1"}},
		"controllerIds":              {separatedKeys, map[string]string{"controllerIds": "3000"}},
		"storage.controllerSize":     {separatedKeys, map[string]string{"storage": `{"mode":"perPod","controllerSize":"1Gi"}`}},
		"brokers, stopped or not":    {separatedKeys, map[string]string{"brokers": "2", "stopped": "true"}},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig(t)
			keys := map[string]string{"kafka-kraft:image": ready}
			for key, value := range merge(c.before, c.change) {
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
		"the same":         {combinedKeys, nil},
		"its own id":       {combinedKeys, map[string]string{"clusterId": "5L6g3nShT-eMCtK--X86sw"}},
		"stopped":          {combinedKeys, map[string]string{"stopped": "true"}},
		"node told later":  {combinedKeys, map[string]string{"storage": `{"node":"here"}`}},
		"more brokers":     {separatedKeys, map[string]string{"brokers": "4"}},
		"fewer brokers":    {separatedKeys, map[string]string{"brokers": "2"}}, // for Kafka to refuse
		"more controllers": {separatedKeys, map[string]string{"controllers": "5"}},
		"larger heap":      {separatedKeys, map[string]string{"broker": `{"heap":"512Mi"}`}},
		"metrics off":      {separatedKeys, map[string]string{"metrics": "false"}},
		"open to clients":  {separatedKeys, map[string]string{"external": `{"type":"nodePort","host":"h","basePort":30000}`}},
		"larger claims":    {separatedKeys, map[string]string{"storage": `{"mode":"perPod","size":"20Gi","controllerSize":"4Gi"}`}},
		"another replicas": {separatedKeys, map[string]string{"replicationFactor": "2"}},
	} {
		t.Run(name, func(t *testing.T) {
			kubeconfig(t)
			keys := map[string]string{"kafka-kraft:image": ready}
			for key, value := range merge(c.before, c.change) {
				keys["kafka-kraft:"+key] = value
			}
			_, err := record.RunLive(keys, live(t, c.before), Program)
			require.NoError(t, err)
		})
	}
}
