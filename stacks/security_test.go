package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/certificates"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

const closed = `{"encryption":"required","authentication":["mtls"],"authorization":"closed","superUsers":["User:alice"],"certificates":{"lifetime":"24h","caLifetime":"240h","hosts":["kafka.example.com"]}}`

// What the key says comes to the nodes, and no key of a certificate comes anywhere in plain text.
func TestSecuredStack(t *testing.T) {
	keys := stackFile(t, "ci")
	keys["kafka-kraft:security"] = closed
	made := 0
	for _, r := range recorded(t, keys) {
		assert.NotContains(t, fmt.Sprint(r.Inputs), "PRIVATE KEY", r.String())
		properties, _ := r.Inputs["data"].(map[string]any)
		switch text, _ := properties["server.properties"].(string); {
		case r.Type == certificates.Type:
			made++
		case r.Type == "kubernetes:core/v1:ConfigMap" && text != "":
			assert.Contains(t, text, "super.users=User:kafka-node;User:kafka-admin;User:alice\n")
			assert.Contains(t, text, "controller.listener.names=QUORUM\n")
			assert.NotContains(t, text, "PLAINTEXT")
		case strings.HasPrefix(r.Type, "kafka-kraft:ops:Membership"):
			assert.Equal(t, "ci-admin", r.Inputs["admin"], "gates know whom they are")
		}
	}
	assert.Equal(t, 1, made)
}

// A stack that lives goes one step at a time, and nothing is registered for a jump.
func TestEncryptionOfALiveStack(t *testing.T) {
	keys := stackFile(t, "ci")
	before, err := config.Parse(keys)
	require.NoError(t, err)
	outputs := map[string]any{OutputFrozen: before.Record(), OutputClusterID: "id"}
	for encryption, says := range map[string]string{"offered": "", "required": "kafka-kraft:security.encryption: \"required\": the cluster has none"} {
		keys["kafka-kraft:security"] = fmt.Sprintf(`{"encryption":%q}`, encryption)
		kubeconfig(t)
		resources, err := record.RunLive(keys, outputs, Program)
		if says == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, says)
		assert.Empty(t, resources)
	}
}
