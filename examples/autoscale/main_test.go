package main

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
)

// The program makes what KEDA scales, leaves it the number of replicas, and says what it scales by.
func TestProgram(t *testing.T) {
	made, err := record.Run(map[string]string{
		"kafka-kraft:context": "minikube", "kafka-kraft:image": "registry.example.com/kafka:4.4.0",
		"kafka-kraft:bootstrapServers": "kafka-bootstrap.kafka-kraft.svc.cluster.local:9092",
	}, program)
	require.NoError(t, err)
	find := func(name string) record.Resource {
		t.Helper()
		i := slices.IndexFunc(made, func(r record.Resource) bool { return r.String() == name })
		require.GreaterOrEqual(t, i, 0, name)
		return made[i]
	}
	application, scaled := find("kubernetes:apps/v1:Deployment orders"), find("kubernetes:keda.sh/v1alpha1:ScaledObject orders")
	assert.Equal(t, []string{"spec.replicas"}, application.Ignored)
	assert.Contains(t, scaled.Waits, application.String())
	assert.Contains(t, scaled.Provider, "pulumi:providers:kubernetes::kubernetes::", "the program's provider reaches the component's parts")
}
