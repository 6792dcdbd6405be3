package automation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/kafkaclient"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestEmbed does what examples/embed/README.md says, in a copy of the checkout: the
// Pulumi CLI compiles the team's program and runs it.
func TestEmbed(t *testing.T) {
	t.Parallel()
	cluster := kit.Kubernetes(t)
	own := cluster.Own(t, "embed")
	checkout := kit.NewCheckout(t)
	pulumi := func(args ...string) []string { return append([]string{"pulumi", "-C", "examples/embed"}, args...) }
	checkout.Run(pulumi("stack", "init", own)...)
	for key, value := range map[string]string{"context": kit.Context, "namespace": own, "image": kit.Image(t)} {
		checkout.Run(pulumi("config", "set", key, value, "--stack", own)...)
	}
	checkout.Cleanup(pulumi("destroy", "--yes", "--stack", own)...)
	checkout.Run(pulumi("up", "--yes", "--skip-preview", "--stack", own)...)
	checkout.Run(pulumi("preview", "--expect-no-changes", "--stack", own)...)

	// The team's parent and provider reach every resource of ours.
	for _, resource := range exported(t, checkout.Run(pulumi("stack", "export", "--stack", own)...)) {
		if strings.HasPrefix(resource.Type, "kubernetes:") || strings.HasPrefix(resource.Type, "kafka-kraft:") {
			assert.Contains(t, resource.URN, "::shop:index:Shop$", resource.URN)
		}
		if strings.HasPrefix(resource.Type, "kubernetes:") {
			assert.Contains(t, resource.Provider, "pulumi:providers:kubernetes::kubernetes::")
		}
	}
	// The application reads what it writes, at least one record after the other.
	read := func() int {
		text, err := logs(t.Context(), cluster, own, "app=application", "reader")
		require.NoError(t, err)
		return len(regexp.MustCompile(`(?m)^\d+$`).FindAllString(text, -1)) // its records are numbers
	}
	kit.Eventually(t, 2*time.Minute, "the application has read three records", func() error {
		if n := read(); n < 3 {
			return fmt.Errorf("%d so far", n)
		}
		return nil
	})
	checkout.Run(pulumi("destroy", "--yes", "--stack", own)...)
	checkout.Run(pulumi("stack", "rm", "--yes", own)...)
}

type resource struct{ URN, Type, Provider string }

func exported(t *testing.T, text string) []resource {
	t.Helper()
	var state struct {
		Deployment struct{ Resources []resource }
	}
	require.NoError(t, json.Unmarshal([]byte(text), &state))
	require.NotEmpty(t, state.Deployment.Resources)
	return state.Deployment.Resources
}

func logs(ctx context.Context, cluster *kit.Cluster, namespace, selector, container string) (string, error) {
	pods, err := cluster.Kube.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: selector})
	if err != nil || len(pods.Items) == 0 {
		return "", err
	}
	text, err := cluster.Kube.CoreV1().Pods(namespace).GetLogs(pods.Items[0].Name, &corev1.PodLogOptions{Container: container}).DoRaw(ctx)
	return string(text), err
}

// TestPullRequests does what examples/automation/README.md says, in a module of its
// own outside the checkout: it compiles, and serves two pull requests at once.
func TestPullRequests(t *testing.T) {
	t.Parallel()
	cluster := kit.Kubernetes(t)
	image := kit.Image(t)
	own := cluster.Own(t, "pr")
	program := outside(t)

	// It outlives the test's context, and ends as it would for its user: by a signal.
	service := exec.CommandContext(context.WithoutCancel(t.Context()), program, "-listen", "127.0.0.1:0", "-namespace", own, "-context", kit.Context, "-image", image)
	service.Env = os.Environ()
	for key, value := range kit.StateEnv(t) {
		service.Env = append(service.Env, key+"="+value)
	}
	said := &output{}
	service.Stdout, service.Stderr = said, said
	require.NoError(t, service.Start())
	t.Cleanup(func() {
		_ = service.Process.Signal(syscall.SIGTERM)
		assert.NoError(t, service.Wait())
		if t.Failed() {
			t.Log(said.String())
		}
	})
	address := ""
	kit.Eventually(t, 2*time.Minute, "the service listens", func() error {
		found := regexp.MustCompile(`http://\S+`).FindString(said.String())
		if found == "" {
			return fmt.Errorf("it has said %q", said.String())
		}
		address = found
		return nil
	})
	ask := func(method string, number int) (int, map[string]string) {
		request, err := http.NewRequestWithContext(t.Context(), method, address+"/pull-requests/"+strconv.Itoa(number), nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		defer func() { _ = answer.Body.Close() }()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		var values map[string]string
		require.NoError(t, json.Unmarshal(text, &values), "%s", text)
		return answer.StatusCode, values
	}
	status, _ := ask(http.MethodGet, 41)
	assert.Equal(t, http.StatusNotFound, status)

	var both sync.WaitGroup
	for _, number := range []int{41, 42} {
		both.Go(func() {
			status, said := ask(http.MethodPut, number)
			if !assert.Equal(t, http.StatusOK, status, "%v", said) {
				return
			}
			assert.Contains(t, said["bootstrapServers"], fmt.Sprintf("pr-%d-", number))
			client, err := kafkaclient.Connect(t.Context(), kafkaclient.Cluster{Inside: said["bootstrapServers"], Context: kit.Context})
			if assert.NoError(t, err) {
				client.Close()
			}
			status, again := ask(http.MethodGet, number)
			assert.Equal(t, http.StatusOK, status)
			assert.Equal(t, said, again)
		})
	}
	both.Wait()
	for _, number := range []int{41, 42} {
		status, said := ask(http.MethodDelete, number)
		assert.Equal(t, http.StatusOK, status, "%v", said)
		status, _ = ask(http.MethodGet, number)
		assert.Equal(t, http.StatusNotFound, status)
	}
	empty(t, &kit.Kafka{Cluster: cluster, Namespace: own})
}

// outside builds the example in a module of its own, with the commands of its README.
func outside(t *testing.T) string {
	t.Helper()
	dir, repo := t.TempDir(), kit.Repo(t)
	readme, err := os.ReadFile(filepath.Join(repo, "examples", "automation", "README.md"))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(readme), "## In a module of your own")
	require.True(t, found)
	_, after, found = strings.Cut(after, "```sh\n")
	require.True(t, found)
	commands, _, found := strings.Cut(after, "```")
	require.True(t, found)
	for _, name := range []string{"main.go", "service.go"} {
		text, err := os.ReadFile(filepath.Join(repo, "examples", "automation", name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o600))
	}
	build := exec.CommandContext(t.Context(), "sh", "-ec", strings.ReplaceAll(commands, "CHECKOUT", repo))
	build.Dir = dir
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return filepath.Join(dir, "pull-requests")
}

// output is what a program says, while it still speaks.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
