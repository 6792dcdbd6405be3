// Package automation runs package automation and the examples with the real engine on
// the local cluster.
package automation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kafka-kraft/kafka-kraft/automation"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// small is one broker that asks for little and starts soon, on a claim of its own.
func small(own, image string) *config.Config {
	c := config.Default()
	c.Context = kit.Context
	c.KubeNamespace = own
	c.Brokers = 1
	c.Image = image
	c.Storage.Mode, c.Storage.Size = config.PerPod, "1Gi"
	c.RetainData = false
	c.Broker.Heap, c.Broker.CPURequest = "192Mi", "50m"
	c.Broker.MemoryRequest, c.Broker.MemoryLimit = "384Mi", "768Mi"
	c.Metrics = false
	c.Timeout = config.Duration(3 * time.Minute)
	c.TerminationGraceSeconds, c.StopGateSeconds = 30, 0
	return &c
}

// options are those of a stack whose state lies in a folder of the test.
func options(t *testing.T, c *config.Config) automation.Options {
	return automation.Options{
		Config: c, Backend: "file://" + t.TempDir(), Passphrase: "test", Events: said(t),
	}
}

// said writes progress to the test's log.
func said(t *testing.T) func(automation.Event) {
	var mu sync.Mutex
	var line bytes.Buffer
	show := automation.View(&line)
	return func(e automation.Event) {
		mu.Lock()
		defer mu.Unlock()
		show(e)
		if line.Len() > 0 && t.Context().Err() == nil {
			t.Log(string(bytes.TrimSpace(line.Bytes())))
		}
		line.Reset()
	}
}

// with is a copy of options with something else in it.
func with(o automation.Options, change func(*automation.Options)) automation.Options {
	o.Env = maps.Clone(o.Env)
	change(&o)
	return o
}

// open opens a stack and closes it at the end of the test.
func open(t *testing.T, name string, o automation.Options) *automation.Stack {
	t.Helper()
	stack, err := automation.Open(t.Context(), name, o)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, stack.Close()) })
	return stack
}

// folder is where a file backend keeps its files.
func folder(o automation.Options) string { return filepath.Join(o.Backend[len("file://"):], ".pulumi") }

// locks are the files that say who works on a stack.
func locks(t *testing.T, o automation.Options, name string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder(o), "locks", "organization", "kafka-kraft", name, "*.json"))
	require.NoError(t, err)
	return files
}

// editState changes the state of a stack as the file backend has it.
func editState(t *testing.T, o automation.Options, name string, edit func(latest map[string]any)) {
	t.Helper()
	file := filepath.Join(folder(o), "stacks", "kafka-kraft", name+".json")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var content map[string]any
	require.NoError(t, json.Unmarshal(text, &content))
	edit(content["checkpoint"].(map[string]any)["latest"].(map[string]any))
	text, err = json.Marshal(content)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, text, 0o600))
}

// empty: of a destroyed stack nothing is left but its namespace, which Kubernetes would
// delete claims with. Claims that are not retained go a moment after their pods.
func empty(t *testing.T, kafka *kit.Kafka) {
	t.Helper()
	kube, namespace := kafka.Cluster.Kube, kafka.Namespace
	kit.Eventually(t, time.Minute, "nothing is left in "+namespace, func() error {
		var left []string
		note := func(kind string, list runtime.Object, err error) {
			require.NoError(t, err)
			require.NoError(t, meta.EachListItem(list, func(item runtime.Object) error {
				object, err := meta.Accessor(item)
				if name := object.GetName(); name != "kube-root-ca.crt" && name != "default" { // Kubernetes' own
					left = append(left, kind+" "+name)
				}
				return err
			}))
		}
		sets, err := kube.AppsV1().StatefulSets(namespace).List(t.Context(), metav1.ListOptions{})
		note("StatefulSet", sets, err)
		services, err := kube.CoreV1().Services(namespace).List(t.Context(), metav1.ListOptions{})
		note("Service", services, err)
		maps, err := kube.CoreV1().ConfigMaps(namespace).List(t.Context(), metav1.ListOptions{})
		note("ConfigMap", maps, err)
		budgets, err := kube.PolicyV1().PodDisruptionBudgets(namespace).List(t.Context(), metav1.ListOptions{})
		note("PodDisruptionBudget", budgets, err)
		accounts, err := kube.CoreV1().ServiceAccounts(namespace).List(t.Context(), metav1.ListOptions{})
		note("ServiceAccount", accounts, err)
		claims, err := kube.CoreV1().PersistentVolumeClaims(namespace).List(t.Context(), metav1.ListOptions{})
		note("PersistentVolumeClaim", claims, err)
		if len(left) > 0 {
			return fmt.Errorf("%v", left)
		}
		return nil
	})
}
