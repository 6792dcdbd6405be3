package kit

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// State is what a pod's agent says of its node.
type State struct {
	Ready, CaughtUp       bool
	OutOfSync, Leaderless int
	Restarts              contract.Restarts // of the JVM, by the agent
}

// Agent asks a pod's agent.
func (k *Kafka) Agent(ctx context.Context, pod string) (State, error) {
	var state State
	body, err := k.ask(ctx, pod, "/v1.0/state")
	if err == nil {
		err = json.Unmarshal(body, &state)
	}
	return state, err
}

// Readiness is why the agent says that its node is, or is not, ready.
func (k *Kafka) Readiness(ctx context.Context, pod string) (string, error) {
	body, err := k.ask(ctx, pod, "/readyz")
	return string(body), err
}

// ask returns the answer also if its status is an error: that is how a probe says no.
func (k *Kafka) ask(ctx context.Context, pod, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	body, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).
		ProxyGet("http", pod, strconv.Itoa(topology.AgentPort), path, nil).DoRaw(ctx)
	if err != nil && len(body) == 0 {
		return nil, fmt.Errorf("agent of %s: %w", pod, err)
	}
	return body, nil
}

// Log is what a pod says from now on, to its end; the API server forgets a pod's log with
// the pod.
type Log struct {
	pod  string
	mu   sync.Mutex
	text bytes.Buffer
}

// Follow begins to read a pod's log.
func (k *Kafka) Follow(t *testing.T, pod string) *Log {
	t.Helper()
	now := int64(1)
	stream, err := k.Cluster.Kube.CoreV1().Pods(k.Namespace).
		GetLogs(pod, &corev1.PodLogOptions{Follow: true, SinceSeconds: &now}).Stream(t.Context())
	if err != nil {
		t.Fatalf("log of %s: %v", pod, err)
	}
	t.Cleanup(func() { _ = stream.Close() })
	log := &Log{pod: pod}
	go func() { _, _ = io.Copy(log, stream) }()
	return log
}

// Write takes more of the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

// Says reports whether these words were read.
func (l *Log) Says(words string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), words)
}

// MustSay waits for words.
func (l *Log) MustSay(t *testing.T, within time.Duration, words string) {
	t.Helper()
	Eventually(t, within, fmt.Sprintf("%s says %q", l.pod, words), func() error {
		if l.Says(words) {
			return nil
		}
		return errors.New("it has not yet")
	})
}

// Stops are the lines of the log that tell how the stop went.
func (l *Log) Stops() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for line := range strings.Lines(l.text.String()) {
		if strings.Contains(line, " stop: ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}
