package kafkaclient

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

func TestParseAddress(t *testing.T) {
	t.Parallel()
	pod := target{namespace: "kafka-kraft", service: "kafka-svc", pod: "kafka-0", port: 9092}
	service := target{namespace: "kafka-kraft", service: "kafka-bootstrap", port: 9092}
	for address, want := range map[string]target{
		"kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9092":   pod,
		"kafka-0.kafka-svc.kafka-kraft.svc.cluster.local.:9092":  pod,
		"kafka-0.kafka-svc.kafka-kraft.svc:9092":                 pod,
		"kafka-0.kafka-svc.kafka-kraft.svc.corp.example:9092":    pod,
		"kafka-bootstrap.kafka-kraft.svc.cluster.local:9092":     service,
		"kafka-bootstrap.kafka-kraft.svc:9092":                   service,
		"kafka-bootstrap.kafka-kraft.svc.a.b.c.d:9092":           service,
		"kafka-0.kafka-svc.svc.svc.cluster.local:1":              {namespace: "svc", service: "kafka-svc", pod: "kafka-0", port: 1},
		"kafka-1.kafka-svc.kafka-kraft.svc.cluster.local:65535":  {namespace: "kafka-kraft", service: "kafka-svc", pod: "kafka-1", port: 65535},
		"c-kafka-broker-0.c-kafka-headless.ns.svc.cluster.x:905": {namespace: "ns", service: "c-kafka-headless", pod: "c-kafka-broker-0", port: 905},
	} {
		got, err := parseAddress(address)
		require.NoError(t, err, address)
		assert.Equal(t, want, got, address)
	}
	for _, address := range []string{
		"", ":9092", "kafka-0", "kafka-0:9092", "localhost:9092", "10.244.1.7:9092", "[::1]:9092",
		"kafka.example.com:9092", "a.b.c.d.svc:9092", "svc:9092", "a..svc:9092", ".a.svc:9092",
		"kafka-svc.kafka-kraft.svc:0", "kafka-svc.kafka-kraft.svc:65536", "kafka-svc.kafka-kraft.svc:-1",
		"kafka-svc.kafka-kraft.svc:client", "kafka-svc.kafka-kraft.svc",
	} {
		_, err := parseAddress(address)
		assert.ErrorContains(t, err, "kafka address", "%q", address)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	client, metrics := "client", "metrics"
	port, other := int32(19092), int32(9187)
	endpoint := func(pod string, ready *bool) discoveryv1.Endpoint {
		return discoveryv1.Endpoint{
			Conditions: discoveryv1.EndpointConditions{Ready: ready},
			TargetRef:  &corev1.ObjectReference{Kind: "Pod", Name: pod},
		}
	}
	slices := []discoveryv1.EndpointSlice{{
		Ports: []discoveryv1.EndpointPort{{Name: &metrics, Port: &other}, {Name: &client, Port: &port}},
		Endpoints: []discoveryv1.Endpoint{
			endpoint("kafka-0", &no), endpoint("kafka-1", &yes), endpoint("kafka-2", nil), {Addresses: []string{"10.0.0.1"}},
		},
	}}
	service := &corev1.Service{Spec: corev1.ServiceSpec{Ports: []corev1.ServicePort{
		{Name: "metrics", Port: 9187}, {Name: "client", Port: 9092},
	}}}
	to := target{namespace: "ns", service: "kafka-bootstrap", port: 9092}

	seen := map[string]bool{}
	for range 200 {
		got, err := choose(to, service, slices)
		require.NoError(t, err)
		assert.Equal(t, port, got.port, "the pod's port, not the service's")
		seen[got.pod] = true
	}
	assert.Equal(t, map[string]bool{"kafka-1": true, "kafka-2": true}, seen, "all ready pods and no other")

	_, err := choose(to, service, nil)
	require.ErrorContains(t, err, "no ready pod")
	to.port = 9093
	_, err = choose(to, service, slices)
	require.ErrorContains(t, err, "has no port 9093")
}
