package manifests

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"

	"github.com/kafka-kraft/kafka-kraft/internal/stackfile"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks"
)

// variation is a stack of this repository with some keys changed.
type variation struct {
	like string
	keys map[string]string

	shared   bool // one hostPath volume for all pods, which takes a step as root
	anywhere bool // pods may share a node by intent
	open     bool // no network policies, by intent
	nodePort bool // clients from outside, by intent
	watched  bool // PodMonitor, PrometheusRule and dashboards
}

const ready = "registry.example/kafka@sha256:0000000000000000000000000000000000000000000000000000000000000000"

var variations = map[string]variation{
	"dev": {like: "dev", shared: true},
	"ci":  {like: "ci", nodePort: true},

	"dev with metrics":     {like: "dev", keys: map[string]string{"metrics": "true"}, shared: true},
	"dev monitored":        {like: "dev", keys: map[string]string{"metrics": "true", "podMonitor": "true"}, shared: true},
	"dev stopped":          {like: "dev", keys: map[string]string{"stopped": "true"}, shared: true},
	"dev without policies": {like: "dev", keys: map[string]string{"networkPolicy": "false"}, shared: true, open: true},
	"dev on one node":      {like: "dev", keys: map[string]string{"brokers": "1"}, shared: true},
	"dev from outside": {like: "dev", keys: map[string]string{
		"external": `{"type":"nodePort","host":"10.0.0.1","basePort":31000}`,
	}, shared: true, nodePort: true},
	"dev on any node": {like: "dev", keys: map[string]string{"storage": `{"mode":"shared","hostPath":"/mnt/data","node":""}`}, shared: true},
	"combined, anywhere": {like: "dev", keys: map[string]string{
		"storage": `{"mode":"perPod"}`, "scheduling": `{"antiAffinity":"none","spreadKey":""}`,
	}, anywhere: true},
	"namespace is there": {like: "dev", keys: map[string]string{"createNamespace": "false", "namespace": "kafka"}, shared: true},

	"combined, a claim each":   {like: "dev", keys: map[string]string{"storage": `{"mode":"perPod","className":"fast"}`, "scheduling": `{"antiAffinity":"hard"}`}},
	"combined, metadata apart": {like: "dev", keys: map[string]string{"storage": `{"mode":"perPod","metadataSize":"1Gi"}`}},
	"ci inside only":           {like: "ci", keys: map[string]string{"external": `{"type":"none"}`}},
	"ci monitored":             {like: "ci", keys: map[string]string{"podMonitor": "true"}, nodePort: true},
	"ci watched": {like: "ci", keys: map[string]string{
		"monitoring": `{"podMonitor":true,"rules":true,"dashboards":true,"labels":{"release":"prometheus"}}`,
	}, nodePort: true, watched: true},
	"ci without metrics": {like: "ci", keys: map[string]string{"metrics": "false"}, nodePort: true},
	"ci stopped":         {like: "ci", keys: map[string]string{"stopped": "true"}, nodePort: true},
	"ci, claims go":      {like: "ci", keys: map[string]string{"retainData": "false", "protect": "true"}, nodePort: true},
	"ci apart":           {like: "ci", keys: map[string]string{"scheduling": `{"antiAffinity":"hard","nodeSelector":{"disk":"ssd"},"tolerations":[{"key":"kafka","operator":"Exists"}],"priorityClass":"high"}`}, nodePort: true},
	"ci sized": {like: "ci", keys: map[string]string{
		"broker":     `{"heap":"1Gi","cpuRequest":1,"cpuLimit":"2","memoryRequest":"2Gi","memoryLimit":"2Gi","jvmOptions":"-XX:+UseZGC","properties":{"num.partitions":3}}`,
		"controller": `{"heap":"512Mi","cpuLimit":"1","memoryLimit":"1Gi"}`,
	}, nodePort: true},
	"ci large": {like: "ci", keys: map[string]string{"brokers": "12", "controllers": "5"}, nodePort: true},
	"longest name": {like: "dev", keys: map[string]string{
		"clusterName": strings.Repeat("k", 52),
	}, shared: true},
}

// scheme knows the types of Kubernetes and of the Prometheus operator, and nothing of
// what it does not know is let pass.
var decoder = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		corev1.AddToScheme, appsv1.AddToScheme, policyv1.AddToScheme, networkingv1.AddToScheme, monitoringv1.AddToScheme,
	} {
		utilruntime.Must(add(scheme))
	}
	return serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
}()

// decode reads an object strictly: a field that its type does not have, one that is
// there twice, or a value of the wrong type is an error.
func decode(text []byte) (object, error) {
	decoded, _, err := decoder.Decode(text, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("%w in %s", err, text)
	}
	return decoded.(object), nil
}

// object is any Kubernetes object.
type object interface {
	runtime.Object
	metav1.Object
}

// set is all objects of a stack.
type set []object

// all are the objects of a type.
func all[T object](s set) []T {
	var found []T
	for _, o := range s {
		if typed, ok := o.(T); ok {
			found = append(found, typed)
		}
	}
	return found
}

// what names an object in messages.
func what(o object) string {
	return reflect.TypeOf(o).Elem().Name() + " " + o.GetName()
}

// render runs the program and decodes the Kubernetes objects that it registers.
func (v variation) render(t *testing.T) set {
	t.Helper()
	kubeconfig := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(kubeconfig, []byte("contexts: [{name: kafka-kraft-local}]\n"), 0o600))
	t.Setenv("KUBECONFIG", kubeconfig)
	config, err := stackfile.Of(v.like)
	require.NoError(t, err)
	delete(config, "kafka-kraft:imageContext")
	delete(config, "kafka-kraft:imageRegistry")
	config["kafka-kraft:image"] = ready
	for key, value := range v.keys {
		config["kafka-kraft:"+key] = value
	}
	resources, err := record.Run(config, stacks.Program)
	require.NoError(t, err)
	var objects set
	for _, resource := range resources {
		if !strings.HasPrefix(resource.Type, "kubernetes:") || !resource.Custom {
			continue
		}
		// Pulumi names what the program leaves unnamed, as the recorder does for
		// whoever refers to it.
		if metadata, ok := resource.Inputs["metadata"].(map[string]any); ok && metadata["name"] == nil {
			metadata["name"] = resource.Name + "-auto"
		}
		text, err := json.Marshal(resource.Inputs)
		require.NoError(t, err)
		decoded, err := decode(text)
		require.NoError(t, err, resource)
		objects = append(objects, decoded)
	}
	require.NotEmpty(t, all[*appsv1.StatefulSet](objects))
	return objects
}
