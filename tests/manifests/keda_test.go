package manifests

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/module"
)

// definition is the schema of one of KEDA's kinds, by its plural, as KEDA publishes it. It takes no
// field that it does not have: the API server drops those without a word.
func definition(t *testing.T, plural string) *spec.Schema {
	t.Helper()
	text, err := module.KEDA.File(t.Context(), "config/crd/bases/keda.sh_"+plural+".yaml")
	require.NoError(t, err)
	var crd struct {
		Spec struct {
			Versions []struct {
				Name   string
				Schema struct{ OpenAPIV3Schema spec.Schema }
			}
		}
	}
	require.NoError(t, yaml.Unmarshal(text, &crd))
	require.Len(t, crd.Spec.Versions, 1)
	require.Equal(t, "v1alpha1", crd.Spec.Versions[0].Name)
	schema := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	metadata := schema.Properties["metadata"] // which the API server knows better
	delete(schema.Properties, "metadata")
	closed(&schema)
	schema.Properties["metadata"] = metadata
	return &schema
}

// closed refuses fields that a schema does not have.
func closed(schema *spec.Schema) {
	if schema == nil {
		return
	}
	if len(schema.Properties) > 0 && schema.AdditionalProperties == nil {
		schema.AdditionalProperties = &spec.SchemaOrBool{Allows: false}
	}
	for name, property := range schema.Properties {
		closed(&property)
		schema.Properties[name] = property
	}
	if schema.Items != nil {
		closed(schema.Items.Schema)
	}
}

// judge is what a schema has against an object.
func judge(schema *spec.Schema, object map[string]any) error {
	result := validate.NewSchemaValidator(schema, nil, "", strfmt.Default).Validate(object)
	return result.AsError()
}

// TestKEDA: what components/autoscale makes, as its golden files have it, is what KEDA defines.
func TestKEDA(t *testing.T) {
	schemas := map[string]*spec.Schema{
		"ScaledObject": definition(t, "scaledobjects"), "TriggerAuthentication": definition(t, "triggerauthentications"),
	}
	files, err := filepath.Glob("../../components/autoscale/testdata/*.golden.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	judged := map[string]int{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, document := range strings.Split(strings.TrimPrefix(string(text), "---\n"), "\n---\n") {
			var object map[string]any
			require.NoError(t, yaml.Unmarshal([]byte(document), &object))
			kind, _ := object["kind"].(string)
			schema, ours := schemas[kind]
			if !ours {
				require.Equal(t, "ConfigMap", kind, file)
				continue
			}
			judged[kind]++
			assert.NoError(t, judge(schema, object), "%s of %s", kind, file)
			spoil(t, schema, object)
		}
	}
	assert.GreaterOrEqual(t, judged["ScaledObject"], 4)
	assert.GreaterOrEqual(t, judged["TriggerAuthentication"], 3)
}

// spoil breaks an object in ways that the schema must see.
func spoil(t *testing.T, schema *spec.Schema, object map[string]any) {
	t.Helper()
	content := object["spec"].(map[string]any)
	content["scaleTarget"] = map[string]any{}
	assert.Error(t, judge(schema, object), "an unknown field")
	delete(content, "scaleTarget")
	if object["kind"] == "ScaledObject" {
		content["minReplicaCount"] = "1"
		assert.Error(t, judge(schema, object), "a text for a number")
	}
}
