package kafka_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/certificates"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

func securedCluster(encryption topology.Encryption) *kafka.Args {
	args := clusterArgs()
	args.Plan = topology.Plan{Name: "k", Namespace: "n", Encryption: encryption, Authentication: topology.MutualTLS}.Combined(topology.Pool{})
	return args
}

func pod(t *testing.T, resources []record.Resource) map[string]any {
	t.Helper()
	for _, r := range resources {
		if r.Type == "kubernetes:apps/v1:StatefulSet" {
			return r.Inputs["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		}
	}
	t.Fatal("no StatefulSet")
	return nil
}

// Whatever the step, pods mount what all listeners need, and without TLS nothing of it.
func TestPodsMountTheirCertificate(t *testing.T) {
	for _, encryption := range topology.Encryptions() {
		t.Run(string(encryption), func(t *testing.T) {
			resources, err := run(t, securedCluster(encryption))
			require.NoError(t, err)
			spec := pod(t, resources)
			volumes, container := spec["volumes"].([]any), spec["containers"].([]any)[0].(map[string]any)
			ports, mounts := fmt.Sprint(container["ports"]), container["volumeMounts"].([]any)
			tls := encryption != topology.None
			secret := map[string]any{"name": "tls", "secret": map[string]any{"secretName": "k-certificates-auto", "defaultMode": 288.0}}
			memory := map[string]any{"name": "keys", "emptyDir": map[string]any{"medium": "Memory", "sizeLimit": "1Mi"}}
			if !tls {
				assert.NotContains(t, volumes, secret)
				assert.NotContains(t, ports, "5002")
				for _, r := range resources {
					assert.NotEqual(t, certificates.Type, r.Type)
				}
				return
			}
			assert.Contains(t, volumes, secret)
			assert.Contains(t, volumes, memory)
			assert.Contains(t, mounts, map[string]any{"name": "tls", "mountPath": "/etc/kafka-tls", "readOnly": true})
			assert.Contains(t, mounts, map[string]any{"name": "keys", "mountPath": "/run/kafka"})
			for _, port := range []string{"5002", "9090", "9091", "9095"} {
				assert.Contains(t, ports, port)
			}
			assert.NotContains(t, fmt.Sprint(container["env"]), "PRIVATE")
		})
	}
}

// Nodes keep their own listeners to themselves, and clients get only theirs.
func TestPortsOfEncryption(t *testing.T) {
	resources, err := run(t, securedCluster(topology.Required))
	require.NoError(t, err)
	ports := func(kind, name string) []string {
		var numbers []string
		var walk func(any)
		walk = func(v any) {
			switch v := v.(type) {
			case map[string]any:
				if port, ok := v["port"]; ok {
					numbers = append(numbers, fmt.Sprint(port))
				}
				for _, key := range []string{"spec", "ingress", "ports"} {
					walk(v[key])
				}
			case []any:
				for _, item := range v {
					walk(item)
				}
			}
		}
		for _, r := range resources {
			if r.Type == kind && r.Name == name {
				walk(r.Inputs)
			}
		}
		return numbers
	}
	assert.Equal(t, []string{"9095"}, ports("kubernetes:core/v1:Service", "k-bootstrap"))
	assert.Equal(t, []string{"9091", "9095", "9090"}, ports("kubernetes:core/v1:Service", "k-headless"))
	assert.Equal(t, []string{"9091", "9090", "5001", "5002"}, ports("kubernetes:networking.k8s.io/v1:NetworkPolicy", "k-inside"))
	assert.Equal(t, []string{"9095"}, ports("kubernetes:networking.k8s.io/v1:NetworkPolicy", "k-clients"))
}

// Certificates of one's own are mounted, and none are made.
func TestGivenCertificates(t *testing.T) {
	args := securedCluster(topology.Required)
	args.Certificates.Secret = "mine"
	resources, err := run(t, args)
	require.NoError(t, err)
	assert.Contains(t, fmt.Sprint(pod(t, resources)["volumes"]), "secretName:mine")
	for _, r := range resources {
		assert.NotEqual(t, certificates.Type, r.Type)
	}
}

func TestWhatSecurityNeeds(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*kafka.Args)
		says   string
	}{
		"authorization without TLS": {func(a *kafka.Args) { a.Plan = securedCluster(topology.Preferred).Plan }, "Settings.Authorization closed needs Plan.Encryption required"},
		"anonymous clients":         {func(a *kafka.Args) { a.Plan.Authentication = "" }, "and Plan.Authentication mtls"},
		"another word":              {func(a *kafka.Args) { a.Settings.Authorization = "half" }, `Settings.Authorization is "half"`},
		"a lifetime":                {func(a *kafka.Args) { a.Certificates.Lifetime = "long" }, "Certificates.Lifetime"},
		"our properties": {func(a *kafka.Args) { a.Plan.Pools[0].Properties = map[string]string{"ssl.keystore.location": "/x"} },
			"property ssl.keystore.location is set by this program where nodes have certificates"},
	} {
		t.Run(name, func(t *testing.T) {
			args := securedCluster(topology.Required)
			args.Settings.Authorization = topology.Closed
			c.change(args)
			resources, err := run(t, args)
			require.ErrorContains(t, err, c.says)
			assert.Empty(t, resources)
		})
	}
}
