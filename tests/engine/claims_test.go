package engine

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// claimed is a program of one claim.
func claimed(size, class string, options ...pulumi.ResourceOption) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		provider, err := kubernetes.NewProvider(ctx, "kubernetes", &kubernetes.ProviderArgs{Context: pulumi.String(kit.Context), Kubeconfig: pulumi.String("")})
		if err != nil || size == "" {
			return err
		}
		_, err = storage.NewClaim(ctx, "data-kafka-0", storage.ClaimArgs{
			Claim: topology.Claim{Name: topology.RecordsClaim, Size: size, Class: class}, Pod: "kafka-0", Namespace: pulumi.String("n"),
		}, append(options, pulumi.Provider(provider), pulumi.RetainOnDelete(true))...)
		return err
	}
}

// made writes the claim into the state as the plugin does that made it.
func made(t *testing.T, w *kit.Workspace, size, class string) {
	t.Helper()
	exported, err := w.Export(t.Context())
	require.NoError(t, err)
	var state apitype.DeploymentV3
	require.NoError(t, json.Unmarshal(exported.Deployment, &state))
	var provider apitype.ResourceV3
	for _, r := range state.Resources {
		if r.Type == "pulumi:providers:kubernetes" {
			provider = r
		}
	}
	require.NotEmpty(t, provider.URN)
	inputs := map[string]any{
		"apiVersion": "v1", "kind": "PersistentVolumeClaim",
		"metadata": map[string]any{
			"name": "data-kafka-0", "namespace": "n",
			"annotations": map[string]any{"pulumi.com/skipAwait": "true", "pulumi.com/patchForce": "true"},
		},
		"spec": map[string]any{
			"accessModes": []any{"ReadWriteOnce"}, "storageClassName": class,
			"resources": map[string]any{"requests": map[string]any{"storage": size}},
		},
	}
	outputs := map[string]any{"__inputs": inputs, "__initialApiVersion": "v1", "__fieldManager": "pulumi-kubernetes-test"}
	for key, value := range inputs {
		outputs[key] = value
	}
	const kind = "kubernetes:core/v1:PersistentVolumeClaim"
	state.Resources = append(state.Resources, apitype.ResourceV3{
		URN:    resource.NewURN(provider.URN.Stack(), provider.URN.Project(), "", kind, "data-kafka-0"),
		Custom: true, ID: "n/data-kafka-0", Type: kind, Inputs: inputs, Outputs: outputs, Parent: provider.Parent,
		Provider: string(provider.URN) + "::" + string(provider.ID), RetainOnDelete: true,
	})
	exported.Deployment, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, w.Import(t.Context(), exported))
}

// TestClaims: what the plugin for Kubernetes would do about a claim, of which all that is
// said of growth here depends. A size, however it is written, is changed in place; another
// class would be another claim.
func TestClaims(t *testing.T) {
	withoutCluster(t)
	w := kit.NewWorkspace(t, "kk-test-claims", "dev", nil)
	w.Workspace().SetProgram(claimed("", ""))
	w.MustUp(t)
	made(t, w, "10Gi", "fast")
	keep := pulumi.IgnoreChanges([]string{"spec.storageClassName"})
	anew := []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"spec.resources"}), pulumi.DeleteBeforeReplace(true)}
	for name, c := range map[string]struct {
		program pulumi.RunFunc
		want    []apitype.OpType // one of them
	}{
		"the same":                              {claimed("10240Mi", "fast"), []apitype.OpType{apitype.OpSame}},
		"larger":                                {claimed("20Gi", "fast"), []apitype.OpType{apitype.OpUpdate}},
		"another class":                         {claimed("10Gi", "slow"), []apitype.OpType{apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced}},
		"another class, with a volume":          {claimed("10Gi", "slow", keep), []apitype.OpType{apitype.OpSame}},
		"no class, with a volume":               {claimed("10Gi", "", keep), []apitype.OpType{apitype.OpSame}},
		"larger, another class, with a volume":  {claimed("20Gi", "slow", keep), []apitype.OpType{apitype.OpUpdate}},
		"another size, without a volume":        {claimed("5Gi", "fast", anew...), []apitype.OpType{apitype.OpReplace, apitype.OpCreateReplacement, apitype.OpDeleteReplaced}},
		"the same, without a volume":            {claimed("10Gi", "fast", anew...), []apitype.OpType{apitype.OpSame}},
		"of a pool that has become one smaller": {claimed("", ""), []apitype.OpType{apitype.OpDelete}},
	} {
		t.Run(name, func(t *testing.T) {
			w.Workspace().SetProgram(c.program)
			steps, err := w.Steps(t)
			require.NoError(t, err)
			found := false
			for urn, step := range steps {
				if step.Type == "kubernetes:core/v1:PersistentVolumeClaim" {
					assert.Contains(t, c.want, step.Op, "%s: %v", urn, step.Diffs)
					found = true
				}
			}
			assert.True(t, found)
		})
	}
}
