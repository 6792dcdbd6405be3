package kit

import (
	"context"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/module"
)

// group is an API group of custom resources, whose definitions are files of a Go module.
type group struct {
	name, version string
	module        module.Pinned
	// folder has a file {name}_{plural}.yaml for each.
	folder string
}

var (
	prometheusOperator = group{
		name: "monitoring.coreos.com", version: "v1", folder: "example/prometheus-operator-crd",
		module: module.Pinned{
			Path: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
			Sum:  "h1:M5xLCLEoaW2IJfnuCwFzzpL+jSVQu3KGT84Pye+fW8s=",
		},
	}
	keda = group{name: "keda.sh", version: "v1alpha1", folder: "config/crd/bases", module: module.KEDA}
)

const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"

// PrometheusOperator teaches the cluster what a PodMonitor and a PrometheusRule are, if it does
// not know, until the end of the test.
func (c *Cluster) PrometheusOperator(t *testing.T) {
	t.Helper()
	c.define(t, prometheusOperator, "podmonitors", "prometheusrules")
}

// KEDA teaches the cluster what a ScaledObject and a TriggerAuthentication are, if it does not know,
// until the end of the test. Nobody does what they say.
func (c *Cluster) KEDA(t *testing.T) {
	t.Helper()
	c.define(t, keda, "scaledobjects", "triggerauthentications")
}

// define makes definitions of a group, by the plurals of their kinds.
func (c *Cluster) define(t *testing.T, g group, plurals ...string) {
	t.Helper()
	for _, plural := range plurals {
		c.defineOne(t, g, plural)
	}
	Eventually(t, time.Minute, "the definitions of "+g.name+" are known", func() error {
		for _, plural := range plurals {
			if err := c.Kube.RESTClient().Get().AbsPath("/apis/" + g.name + "/" + g.version + "/" + plural).Do(t.Context()).Error(); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Cluster) defineOne(t *testing.T, g group, plural string) {
	t.Helper()
	rest := c.Kube.RESTClient()
	path := definitions + "/" + plural + "." + g.name
	err := rest.Get().AbsPath(path).Do(t.Context()).Error()
	if err == nil {
		return
	}
	if !apierrors.IsNotFound(err) {
		t.Fatal(err)
	}
	text, err := g.module.File(t.Context(), g.folder+"/"+g.name+"_"+plural+".yaml")
	if err != nil {
		t.Fatal(err)
	}
	definition, err := yaml.YAMLToJSON(text)
	if err != nil {
		t.Fatalf("the definition of %s: %v", plural, err)
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
