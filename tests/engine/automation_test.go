package engine

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/review"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestAutomationServesTheProvider: a program that embeds the stacks needs no plugin of
// ours, and may preview two of them at once.
func TestAutomationServesTheProvider(t *testing.T) {
	kit.Engine(t)
	withoutCluster(t)
	var both sync.WaitGroup
	for _, name := range []string{"kk-test-auto-one", "kk-test-auto-two"} {
		c := config.Default()
		c.Context, c.KubeNamespace = kit.Context, name
		c.Image = "registry.example/kafka@sha256:0000000000000000000000000000000000000000000000000000000000000000"
		stack, err := automation.Open(t.Context(), name, automation.Options{
			Config: &c, Backend: "file://" + t.TempDir(), Passphrase: "test", SkipRefresh: true,
		})
		require.NoError(t, err)
		t.Cleanup(func() { _ = stack.Close() })
		both.Go(func() {
			plan, err := stack.Preview(t.Context())
			if !assert.NoError(t, err) {
				return
			}
			for _, step := range plan.OfType(kafka.RolloutType) {
				assert.Equal(t, review.Create, step.Op)
				assert.Equal(t, "kafka", step.Name)
			}
			assert.Len(t, plan.OfType(kafka.RolloutType), 1)
		})
	}
	both.Wait()
}
