package kit

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/yaml"
)

// The Prometheus operator's own definition of a PodMonitor, as a Go module, and its hash.
const (
	operatorModule = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	operatorSum    = "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s="
	operatorFile   = "example/prometheus-operator-crd/monitoring.coreos.com_podmonitors.yaml"

	definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
	podMonitors = definitions + "/podmonitors.monitoring.coreos.com"
)

// PodMonitors teaches the cluster what a PodMonitor is, if it does not know, until the
// end of the test.
func (c *Cluster) PodMonitors(t *testing.T) {
	t.Helper()
	rest := c.Kube.RESTClient()
	err := rest.Get().AbsPath(podMonitors).Do(t.Context()).Error()
	if err == nil {
		return
	}
	if !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	definition, err := podMonitorDefinition(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := rest.Post().AbsPath(definitions).SetHeader("Content-Type", "application/json").Body(definition).Do(t.Context()).Error(); err != nil {
		t.Fatalf("making the definition of PodMonitor: %v", err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rest.Delete().AbsPath(podMonitors).Do(ctx).Error(); err != nil {
			t.Error(err)
		}
	})
	Eventually(t, time.Minute, "PodMonitor is known", func() error {
		return rest.Get().AbsPath("/apis/monitoring.coreos.com/v1").Do(t.Context()).Error()
	})
}

func podMonitorDefinition(ctx context.Context) ([]byte, error) {
	out, err := exec.CommandContext(ctx, "go", "mod", "download", "-json", operatorModule).Output()
	if err != nil {
		return nil, fmt.Errorf("downloading %s: %w: %s", operatorModule, err, out)
	}
	var module struct{ Dir, Sum string }
	if err := json.Unmarshal(out, &module); err != nil {
		return nil, fmt.Errorf("downloading %s: %w", operatorModule, err)
	}
	if module.Sum != operatorSum {
		return nil, fmt.Errorf("%s has the hash %s, want %s", operatorModule, module.Sum, operatorSum)
	}
	text, err := os.ReadFile(filepath.Join(module.Dir, operatorFile))
	if err != nil {
		return nil, fmt.Errorf("the definition of PodMonitor: %w", err)
	}
	return yaml.YAMLToJSON(text)
}
