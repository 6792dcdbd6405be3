package stacks

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// go test ./stacks -update writes the golden files anew.
var update = flag.Bool("update", false, "write the golden files anew")

// ready is an image that need not be built.
const ready = "registry.example/kafka@sha256:0000000000000000000000000000000000000000000000000000000000000000"

// kubeconfig gives the program a kubeconfig with the contexts that tests name.
func kubeconfig(t *testing.T) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte("contexts: [{name: kafka-kraft-local}, {name: minikube}]\n"), 0o600))
	t.Setenv("KUBECONFIG", file)
}

// stackFile reads the configuration of one of this repository's stacks, with a ready
// image so that what is recorded does not depend on the image's sources.
func stackFile(t *testing.T, name string) map[string]string {
	t.Helper()
	config, err := stackfile.Of(name)
	require.NoError(t, err)
	delete(config, "kafka-kraft:imageContext")
	delete(config, "kafka-kraft:imageRegistry")
	config["kafka-kraft:image"] = ready
	return config
}

func recorded(t *testing.T, config map[string]string) []record.Resource {
	t.Helper()
	kubeconfig(t)
	resources, err := record.Run(config, Program)
	require.NoError(t, err)
	return resources
}

func TestGolden(t *testing.T) {
	for _, name := range []string{"dev", "ci"} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for _, resource := range recorded(t, stackFile(t, name)) {
				document, err := yaml.Marshal(map[string]any{
					"type": resource.Type, "name": resource.Name, "parent": resource.Parent, "inputs": resource.Inputs,
				})
				require.NoError(t, err)
				text.WriteString("---\n" + string(document))
			}
			golden := filepath.Join("testdata", name+".golden.yaml")
			if *update {
				require.NoError(t, os.MkdirAll("testdata", 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(text.String()), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(text.String(), "\n")); diff != "" {
				t.Errorf("what stack %s registers has changed; if that is meant: go test ./stacks -update\n%s", name, diff)
			}
		})
	}
}

// Every resource hangs below the component that made it, and every Kubernetes
// object is made by the provider with the configured context.
func TestAncestry(t *testing.T) {
	for _, name := range []string{"dev", "ci"} {
		t.Run(name, func(t *testing.T) {
			resources := recorded(t, stackFile(t, name))
			components := map[string]bool{}
			for _, r := range resources {
				if !r.Custom {
					components[r.String()] = true
				}
			}
			roots := 0
			for _, r := range resources {
				switch {
				case components[r.Parent]:
				case strings.HasPrefix(r.Parent, "pulumi:pulumi:Stack "):
					roots++
					if r.Custom {
						assert.Contains(t, []string{"kubernetes", "kubernetes-namespace", "namespace", "record", "life"}, r.Name, "%s has no component as its parent", r)
					}
				default:
					t.Errorf("%s has the parent %q", r, r.Parent)
				}
				if strings.HasPrefix(r.Type, "kubernetes:") {
					assert.Contains(t, r.Provider, "pulumi:providers:kubernetes::kubernetes", "%s has the default provider", r)
				}
			}
			assert.Positive(t, roots)
		})
	}
}

func TestBadConfigurationRegistersNothing(t *testing.T) {
	config := stackFile(t, "dev")
	config["kafka-kraft:brokers"] = "0"
	config["kafka-kraft:storage"] = `{"mode":"tape","hostPath":"data"}`
	config["kafka-kraft:context"] = "somewhere"
	kubeconfig(t)
	resources, err := record.Run(config, Program)
	require.Error(t, err)
	assert.Empty(t, resources)
	for _, key := range []string{"kafka-kraft:brokers", "kafka-kraft:storage.mode", "kafka-kraft:context"} {
		assert.ErrorContains(t, err, key)
	}
	assert.ErrorContains(t, err, "kafka-kraft-local, minikube")
}

// An unknown key is found in what the language host hands over.
func TestUnknownKey(t *testing.T) {
	config := stackFile(t, "dev")
	config["kafka-kraft:broker5"] = "3"
	config["aws:region"] = "eu-north-1" // none of ours
	t.Setenv("PULUMI_CONFIG", `{"kafka-kraft:broker5":"3","aws:region":"eu-north-1"}`)
	kubeconfig(t)
	resources, err := record.Run(config, Program)
	require.ErrorContains(t, err, "kafka-kraft:broker5: unknown key; did you mean broker")
	assert.NotContains(t, err.Error(), "aws")
	assert.Empty(t, resources)
}

func TestMissingImageContext(t *testing.T) {
	config := stackFile(t, "dev")
	delete(config, "kafka-kraft:image")
	config["kafka-kraft:imageContext"] = "no/such/folder"
	kubeconfig(t)
	resources, err := record.Run(config, Program)
	require.ErrorContains(t, err, "kafka-kraft:imageContext")
	assert.Empty(t, resources)
}

// find returns the only resource of a type with this name.
func find(t *testing.T, resources []record.Resource, kind, name string) record.Resource {
	t.Helper()
	for _, r := range resources {
		if r.Type == kind && r.Name == name {
			return r
		}
	}
	t.Fatalf("no %s %s", kind, name)
	return record.Resource{}
}

// dig walks down an object: a text is a field, a number an index.
func dig(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch s := step.(type) {
		case string:
			object, ok := value.(map[string]any)
			require.True(t, ok, "%v: not an object at %v", path, s)
			value = object[s]
		case int:
			list, ok := value.([]any)
			require.True(t, ok && s < len(list), "%v: no item %d", path, s)
			value = list[s]
		}
	}
	return value
}

const statefulSet = "kubernetes:apps/v1:StatefulSet"

func TestStoppedKeepsEverythingButPods(t *testing.T) {
	config := stackFile(t, "dev")
	running := recorded(t, config)
	config["kafka-kraft:stopped"] = "true"
	stopped := recorded(t, config)
	require.Len(t, stopped, len(running))
	for i := range running {
		if running[i].Type == kafka.RolloutType {
			assert.EqualValues(t, 0, stopped[i].Inputs["replicas"])
			assert.NotContains(t, stopped[i].Inputs, "defaults", "nobody could be asked")
			stopped[i].Inputs["replicas"], stopped[i].Inputs["defaults"] = running[i].Inputs["replicas"], running[i].Inputs["defaults"]
		}
		if slices.Contains([]string{gates.EvacuationType, gates.QuorumType, gates.MembershipType}, running[i].Type) {
			assert.Equal(t, true, stopped[i].Inputs["stopped"])
			delete(stopped[i].Inputs, "stopped")
		}
		if running[i].Type == statefulSet {
			assert.EqualValues(t, 0, dig(t, stopped[i].Inputs, "spec", "replicas"))
			stopped[i].Inputs["spec"].(map[string]any)["replicas"] = dig(t, running[i].Inputs, "spec", "replicas")
		}
		assert.Equal(t, running[i], stopped[i])
	}
}

func TestAdoptedClusterID(t *testing.T) {
	const id = "5L6g3nShT-eMCtK--X86sw"
	config := stackFile(t, "dev")
	config["kafka-kraft:clusterId"] = id
	resources := recorded(t, config)
	assert.Equal(t, id, find(t, resources, "random:index/randomId:RandomId", "kafka-cluster-id").Import)
	set := find(t, resources, statefulSet, "kafka")
	env := dig(t, set.Inputs, "spec", "template", "spec", "containers", 0, "env")
	assert.Contains(t, env, map[string]any{"name": "KAFKA_CLUSTER_ID", "value": id})
}

func TestProtect(t *testing.T) {
	config := stackFile(t, "dev")
	config["kafka-kraft:protect"] = "true"
	var protected []string
	for _, r := range recorded(t, config) {
		if r.Protect {
			protected = append(protected, r.Type)
		}
	}
	assert.ElementsMatch(t, []string{
		"random:index/randomId:RandomId", "random:index/randomId:RandomId", "random:index/randomId:RandomId", "random:index/randomId:RandomId",
		"kubernetes:core/v1:PersistentVolume", "kubernetes:core/v1:PersistentVolumeClaim",
	}, protected)
}

func TestTimeout(t *testing.T) {
	config := stackFile(t, "dev")
	config["kafka-kraft:timeout"] = "90s"
	assert.Equal(t, "90s", find(t, recorded(t, config), statefulSet, "kafka").Timeouts)
}

// A pool's pods never wait for a service that waits for pods.
func TestServicesAreNotAwaited(t *testing.T) {
	for _, name := range []string{"dev", "ci"} {
		for _, r := range recorded(t, stackFile(t, name)) {
			if r.Type == "kubernetes:core/v1:Service" {
				assert.Equal(t, "true", dig(t, r.Inputs, "metadata", "annotations", "pulumi.com/skipAwait"), r.Name)
			}
		}
	}
}

func TestBuiltImage(t *testing.T) {
	config := stackFile(t, "dev")
	delete(config, "kafka-kraft:image")
	t.Chdir("..")
	config["kafka-kraft:imageContext"] = "image"
	const tag = "kafka-kraft/kafka:4.4.0-"

	config["kafka-kraft:imageRegistry"] = "localhost:5050"
	resources := recorded(t, config)
	built := find(t, resources, "docker:index/image:Image", "kafka-image")
	assert.Equal(t, false, built.Inputs["skipPush"])
	assert.Contains(t, built.Inputs["imageName"], "localhost:5050/"+tag)
	image := dig(t, find(t, resources, statefulSet, "kafka").Inputs, "spec", "template", "spec", "containers", 0, "image")
	assert.Contains(t, image, "localhost:5050/kafka-kraft/kafka@sha256:", "a pushed image is run by its digest")

	config["kafka-kraft:imageRegistry"] = ""
	resources = recorded(t, config)
	built = find(t, resources, "docker:index/image:Image", "kafka-image")
	assert.Equal(t, true, built.Inputs["skipPush"])
	image = dig(t, find(t, resources, statefulSet, "kafka").Inputs, "spec", "template", "spec", "containers", 0, "image")
	assert.Equal(t, built.Inputs["imageName"], image, "an image in the engine is run by its tag")
}

func TestImagePullSecretsReachThePods(t *testing.T) {
	config := stackFile(t, "dev")
	config["kafka-kraft:imagePullSecrets"] = `["regcred"]`
	for _, resource := range recorded(t, config) {
		if resource.Type == "kubernetes:apps/v1:StatefulSet" {
			template := resource.Inputs["spec"].(map[string]any)["template"].(map[string]any)
			assert.Equal(t, []any{map[string]any{"name": "regcred"}}, template["spec"].(map[string]any)["imagePullSecrets"])
			return
		}
	}
	t.Fatal("no StatefulSet")
}
