package config

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/policy/rule"
)

type project struct {
	Name   string
	Config map[string]struct {
		Type        string
		Items       any
		Default     any
		Description string
	}
}

func readProject(t *testing.T) project {
	t.Helper()
	text, err := os.ReadFile("../../Pulumi.yaml")
	require.NoError(t, err)
	var p project
	require.NoError(t, yaml.UnmarshalStrict(text, &struct {
		*project
		Runtime, RequiredPulumiVersion, Plugins, Description any
	}{project: &p}))
	return p
}

// Pulumi.yaml is what people read, Default is what the program does: one of them alone
// would sooner or later be wrong.
func TestSchemaEqualsDefaults(t *testing.T) {
	p := readProject(t)
	assert.Equal(t, Namespace, p.Name, "keys without a namespace belong to the project")
	defaults := reflect.ValueOf(Default())
	known := fields(defaults.Type())
	for key := range sorted(p.Config) {
		assert.Contains(t, known, key, "Pulumi.yaml describes a key that the program does not know")
	}
	for key, index := range sorted(known) {
		described, ok := p.Config[key]
		if !assert.True(t, ok, "Pulumi.yaml does not describe %s", key) {
			continue
		}
		value := defaults.Field(index)
		assert.Equal(t, schemaTypes[value.Kind()], described.Type, "type of %s", key)
		assert.Greater(t, len(described.Description), 20, "description of %s", key)
		if value.Kind() != reflect.Struct {
			assert.Equal(t, fmt.Sprint(value.Interface()), fmt.Sprint(described.Default), "default of %s", key)
			continue
		}
		// An object given in part keeps the other fields' defaults, so its own is empty.
		assert.Equal(t, map[string]any{}, described.Default, "default of %s", key)
		for field, i := range sorted(fields(value.Type())) {
			assert.Contains(t, described.Description, field, "%s: the description leaves out a field", key)
			if value.Field(i).Kind() == reflect.Struct {
				continue // its fields are described like the others
			}
			if text := fmt.Sprint(value.Field(i).Interface()); text != "" && text != "0" && text != "map[]" && text != "[]" {
				assert.Contains(t, described.Description, text, "%s.%s: the description leaves out the default", key, field)
			}
		}
	}
}

// Whoever waives a rule finds its id where the key is described.
func TestSchemaNamesEveryRule(t *testing.T) {
	for _, id := range rule.IDs() {
		assert.Contains(t, readProject(t).Config["waive"].Description, id)
	}
}

// The engine hands every default of Pulumi.yaml over as if the stack had said it.
func TestInjectedDefaultsChangeNothing(t *testing.T) {
	injected := map[string]string{}
	for key, described := range readProject(t).Config {
		switch v := described.Default.(type) {
		case map[string]any:
			text, err := json.Marshal(v)
			require.NoError(t, err)
			injected["kafka-kraft:"+key] = string(text)
		default:
			injected["kafka-kraft:"+key] = fmt.Sprint(v)
		}
	}
	config, err := Parse(injected)
	require.NoError(t, err)
	assert.Equal(t, Default(), config)
}

func TestJSONNamesAreConfigKeys(t *testing.T) {
	key := regexp.MustCompile(`^[a-z][A-Za-z]*$`)
	var walk func(structure reflect.Type)
	walk = func(structure reflect.Type) {
		for i := range structure.NumField() {
			field := structure.Field(i)
			name := field.Tag.Get("json")
			assert.Regexp(t, key, name, "%s.%s", structure, field.Name)
			inner := field.Type
			if inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
				inner = inner.Elem()
			}
			if inner.Kind() == reflect.Struct {
				walk(inner)
			}
		}
	}
	walk(reflect.TypeFor[Config]())
}

func TestKubeContexts(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		require.NoError(t, os.WriteFile(dir+"/"+name, []byte(text), 0o600))
		return dir + "/" + name
	}
	first := write("a", "contexts: [{name: minikube}, {name: x}]")
	second := write("b", "contexts:\n- name: x\n- name: z\n")
	t.Setenv("KUBECONFIG", strings.Join([]string{first, dir + "/none", second}, ":"))
	names, err := KubeContexts()
	require.NoError(t, err)
	assert.Equal(t, []string{"minikube", "x", "z"}, names)

	t.Setenv("KUBECONFIG", write("broken", "contexts: {{"))
	_, err = KubeContexts()
	require.ErrorContains(t, err, "broken")

	t.Setenv("KUBECONFIG", "")
	t.Setenv("HOME", dir)
	names, err = KubeContexts()
	require.NoError(t, err)
	assert.Empty(t, names)
	config := Default()
	config.Context = "minikube"
	assert.ErrorContains(t, config.ContextProblems(names).Err(), "make up")
	assert.True(t, slices.ContainsFunc(config.ContextProblems([]string{"x"}), func(p Problem) bool { return p.Key == "context" }))
}
