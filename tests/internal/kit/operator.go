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

// The Prometheus operator's own definitions, as a Go module, and its hash.
const (
	operatorModule = "github.com/prometheus-operator/prometheus-operator@v0.85.0"
	operatorSum    = "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s="
	operatorFolder = "example/prometheus-operator-crd"
	operatorGroup  = "monitoring.coreos.com"

	definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
)

// PrometheusOperator teaches the cluster what a PodMonitor and a PrometheusRule are, if it does
// not know, until the end of the test.
func (c *Cluster) PrometheusOperator(t *testing.T) {
	t.Helper()
	for _, plural := range []string{"podmonitors", "prometheusrules"} {
		c.define(t, plural)
	}
	Eventually(t, time.Minute, "PodMonitor and PrometheusRule are known", func() error {
		for _, plural := range []string{"podmonitors", "prometheusrules"} {
			if err := c.Kube.RESTClient().Get().AbsPath("/apis/" + operatorGroup + "/v1/" + plural).Do(t.Context()).Error(); err != nil {
				return err
			}
		}
		return nil
	})
}

// define makes one of the operator's definitions, by the plural of its kind.
func (c *Cluster) define(t *testing.T, plural string) {
	t.Helper()
	rest := c.Kube.RESTClient()
	path := definitions + "/" + plural + "." + operatorGroup
	err := rest.Get().AbsPath(path).Do(t.Context()).Error()
	if err == nil {
		return
	}
	if !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	definition, err := operatorDefinition(t.Context(), plural)
	if err != nil {
		t.Fatal(err)
	}
	if err := rest.Post().AbsPath(definitions).SetHeader("Content-Type", "application/json").Body(definition).Do(t.Context()).Error(); err != nil {
		t.Fatalf("making the definition of %s: %v", plural, err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := rest.Delete().AbsPath(path).Do(ctx).Error(); err != nil {
			t.Error(err)
		}
	})
}

func operatorDefinition(ctx context.Context, plural string) ([]byte, error) {
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
	text, err := os.ReadFile(filepath.Join(module.Dir, operatorFolder, operatorGroup+"_"+plural+".yaml"))
	if err != nil {
		return nil, fmt.Errorf("the definition of %s: %w", plural, err)
	}
	return yaml.YAMLToJSON(text)
}
