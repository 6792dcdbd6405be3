package automation

import (
	"context"
	"encoding/json"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/kafkaclient/ledger"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// cancellations is how many ups are canceled: a few, whose moments are others in each run,
// or many in a row by -cancellations=40.
var cancellations = flag.Int("cancellations", 8, "how many ups are canceled")

// TestCanceledAnywhere cancels ups at random moments: some while the stack is made,
// the rest while a new configuration replaces a ConfigMap and rolls the pod. Half of
// them are killed at once instead of asked to stop, which leaves locks and pending
// operations behind. The next up always completes, and nothing is lost or left over.
func TestCanceledAnywhere(t *testing.T) {
	t.Parallel()
	cluster := kit.Kubernetes(t)
	own := cluster.Own(t, "cancel")
	kafka := &kit.Kafka{Cluster: cluster, Namespace: own}
	o := options(t, small(own, kit.Image(t)))
	o.SkipPolicy = true // looked at elsewhere; the time is better spent in the up
	o.Events = nil
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // moments, not secrets
	books := ledger.New("cancel")
	id, bootstrap := "", ""
	firsts := *cancellations * 2 / 5 // while the stack is made

	// A whole up once, to know how long they take.
	begin := time.Now()
	first := small(own, o.Config.Image)
	o.Config = first
	_, err := open(t, own, o).Up(t.Context())
	require.NoError(t, err)
	making := time.Since(begin)
	_, err = open(t, own, o).Destroy(t.Context())
	require.NoError(t, err)

	for i := range *cancellations {
		changed := *first
		changed.Broker.Properties = map[string]string{"log.cleaner.backoff.ms": []string{"14000", "15001"}[i%2]}
		o.Config = &changed
		o.StopGrace = 30 * time.Second
		if i%2 == 1 {
			o.StopGrace = time.Millisecond
		}
		stack := open(t, own, o)
		// While the stack is made: within the second quarter, when that happens most.
		moment := time.Duration((0.2 + 0.3*random.Float64()) * float64(making))
		if i >= firsts {
			moment = time.Duration((0.1 + 0.9*random.Float64()) * float64(making))
		}
		ctx, cancel := context.WithTimeout(t.Context(), moment)
		_, err := stack.Up(ctx)
		cancel()
		left := leftOf(t, o, own)
		if err != nil {
			require.ErrorIs(t, err, automation.ErrCanceled)
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		t.Logf("%d: after %s, grace %s: canceled %t, %s", i, moment.Round(10*time.Millisecond), o.StopGrace, err != nil, left)
		if i < firsts-1 {
			continue // the next goes on from there, and is canceled, too
		}
		result, err := open(t, own, o).Up(t.Context())
		require.NoError(t, err, "the up after the %dth", i)
		if id == "" {
			id, bootstrap = result.Outputs.ClusterID, result.Outputs.BootstrapServers
			client := kafka.Client(t, bootstrap)
			kit.CreateTopic(t, client, books.Topic(), 1, 1)
		}
		require.Equal(t, id, result.Outputs.ClusterID, "same cluster id")
		require.NoError(t, books.Write(t.Context(), kafka.Client(t, bootstrap), 50))
		orphans(t, o, kafka)
	}
	kafka.MustReadBack(t, bootstrap, books)
	_, err = open(t, own, o).Destroy(t.Context())
	require.NoError(t, err)
	empty(t, kafka) // all that was made was known, and so deleted
}

// leftOf says what a canceled up left in the backend.
func leftOf(t *testing.T, o automation.Options, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder(o), "stacks", "kafka-kraft", name+".json"))
	require.NoError(t, err)
	var content struct {
		Checkpoint struct {
			Latest struct {
				Resources []any `json:"resources"`
				Pending   []struct {
					Type     string
					Resource struct{ Type string }
				} `json:"pending_operations"`
			}
		}
	}
	require.NoError(t, json.Unmarshal(text, &content))
	latest := content.Checkpoint.Latest
	written, err := json.Marshal(map[string]any{"locks": len(locks(t, o, name)), "resources": len(latest.Resources), "pending": latest.Pending})
	require.NoError(t, err)
	return string(written)
}

// orphans: what is in the namespace is what the state knows, and the state's all there.
func orphans(t *testing.T, o automation.Options, kafka *kit.Kafka) {
	t.Helper()
	var known []string
	editState(t, o, kafka.Namespace, func(latest map[string]any) {
		assert.Empty(t, latest["pending_operations"])
		for _, item := range latest["resources"].([]any) {
			r := item.(map[string]any)
			if r["type"] == "kubernetes:core/v1:ConfigMap" {
				known = append(known, filepath.Base(r["id"].(string)))
			}
		}
	})
	maps, err := kafka.Cluster.Kube.CoreV1().ConfigMaps(kafka.Namespace).List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	var found []string
	for _, m := range maps.Items {
		if m.Name != "kube-root-ca.crt" { // Kubernetes' own
			found = append(found, m.Name)
		}
	}
	slices.Sort(known)
	slices.Sort(found)
	require.Equal(t, known, found, "ConfigMaps are made under new names, so an orphan would be one")
}
