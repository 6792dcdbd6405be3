package kafka_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	claimType = "kubernetes:core/v1:PersistentVolumeClaim"
	setType   = "kubernetes:apps/v1:StatefulSet"
)

func claimArgs(replicas int, claims ...topology.Claim) *kafka.Args {
	return &kafka.Args{
		Plan:  topology.Plan{Name: "k", Namespace: "n"}.Combined(topology.Pool{Replicas: replicas, Claims: claims}),
		Image: image.Args{Reference: pulumi.String("kafka")},
	}
}

func byType(resources []record.Resource, kind string) map[string]record.Resource {
	found := map[string]record.Resource{}
	for _, r := range resources {
		if r.Type == kind {
			found[r.Name] = r
		}
	}
	return found
}

// size is what a claim asks for.
func size(r record.Resource) any {
	return r.Inputs["spec"].(map[string]any)["resources"].(map[string]any)["requests"].(map[string]any)["storage"]
}

// Every pod's claims are there before its StatefulSet, called and labelled as its controller
// would, so that it makes none, and everybody who looks for them finds them.
func TestClaims(t *testing.T) {
	plan := topology.Plan{Name: "k"}
	args := claimArgs(1, plan.Claim(topology.RecordsClaim, "10240Mi", "fast"), plan.Claim(topology.MetadataClaim, "1Gi", ""))
	resources, err := run(t, args)
	require.NoError(t, err)
	claims, set := byType(resources, claimType), byType(resources, setType)["k"]
	require.Len(t, claims, 2)
	data := claims["data-k-0"]
	assert.Equal(t, map[string]any{
		"name": "data-k-0", "namespace": "n",
		"labels": map[string]any{
			"app.kubernetes.io/name": "kafka", "app.kubernetes.io/instance": "k", "app.kubernetes.io/component": "combined",
		},
		"annotations": map[string]any{"pulumi.com/skipAwait": "true", "pulumi.com/patchForce": "true"},
	}, data.Inputs["metadata"])
	assert.Equal(t, map[string]any{
		"accessModes": []any{"ReadWriteOnce"}, "storageClassName": "fast",
		"resources": map[string]any{"requests": map[string]any{"storage": "10Gi"}},
	}, data.Inputs["spec"])
	for name, claim := range claims {
		assert.Contains(t, set.Waits, claim.String())
		assert.True(t, claim.Retain, "%s: records stay unless it is said that they may go", name)
		assert.False(t, claim.Protect)
	}
	template := set.Inputs["spec"].(map[string]any)["volumeClaimTemplates"].([]any)[0].(map[string]any)
	assert.Equal(t, data.Inputs["spec"], template["spec"])
}

// A pool that grows has claims more; one that is stopped keeps them.
func TestClaimsOfMorePods(t *testing.T) {
	few, err := run(t, claimArgs(3))
	require.NoError(t, err)
	args := claimArgs(5)
	args.Settings.Stopped = true
	many, err := run(t, args)
	require.NoError(t, err)
	before, after := byType(few, claimType), byType(many, claimType)
	require.Len(t, before, 3)
	require.Len(t, after, 5)
	for name, claim := range before {
		assert.Equal(t, claim, after[name])
	}
}

// The StatefulSet is the same whatever becomes of its claims: Kubernetes lets its templates
// never be changed, and all pods would go with it.
func TestClaimsGrowBesideTheStatefulSet(t *testing.T) {
	claim := topology.Claim{Name: topology.RecordsClaim, Size: "10Gi"}
	before, err := run(t, claimArgs(2, claim))
	require.NoError(t, err)
	claim.TemplateSize, claim.Size, claim.Sizes = "10Gi", "20Gi", map[string]string{"k-1": "30Gi"}
	args := claimArgs(2, claim)
	args.Settings.DiscardRecords, args.Protect = true, true
	after, err := run(t, args)
	require.NoError(t, err)
	assert.Equal(t, byType(before, setType), byType(after, setType))
	claims := byType(after, claimType)
	assert.Equal(t, "20Gi", size(claims["data-k-0"]))
	assert.Equal(t, "30Gi", size(claims["data-k-1"]))
	for _, claim := range claims {
		assert.False(t, claim.Retain)
		assert.True(t, claim.Protect)
	}
}

// Two clusters of one name in one program have claims of different names for Pulumi.
func TestClaimsOfTwoClusters(t *testing.T) {
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		for _, name := range []string{"a", "b"} {
			args := claimArgs(1)
			args.Plan.Namespace = name
			if _, err := kafka.New(ctx, name, args); err != nil {
				return err
			}
		}
		return nil
	})
	require.NoError(t, err)
	assert.Contains(t, byType(resources, claimType), "data-a-0")
	assert.Contains(t, byType(resources, claimType), "data-b-0")
}

// Sizes that are none are refused before anything is registered.
func TestSizesAreQuantities(t *testing.T) {
	for says, claim := range map[string]topology.Claim{
		`Size "many"`:          {Name: topology.RecordsClaim, Size: "many"},
		`TemplateSize "few"`:   {Name: topology.RecordsClaim, Size: "1Gi", TemplateSize: "few"},
		`Sizes[k-0] "much"`:    {Name: topology.RecordsClaim, Size: "1Gi", Sizes: map[string]string{"k-0": "much"}},
		`Sizes[k-7] of no pod`: {Name: topology.RecordsClaim, Size: "1Gi", Sizes: map[string]string{"k-7": "2Gi"}},
	} {
		resources, err := run(t, claimArgs(1, claim))
		require.ErrorContains(t, err, says)
		assert.Empty(t, resources)
	}
}
