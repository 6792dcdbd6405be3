package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// TestMovedIDsAreFound: a stack whose ids were made beside the cluster, as earlier versions
// did, keeps them. Other ids would be another cluster's, and every volume would say so.
func TestMovedIDsAreFound(t *testing.T) {
	withoutCluster(t)
	w := kit.NewWorkspace(t, "kk-test-moved", "dev", nil)
	w.Workspace().SetProgram(func(ctx *pulumi.Context) error {
		_, err := clusterid.New(ctx, "cluster-id", &clusterid.Args{Controllers: []string{"kafka-0", "kafka-1", "kafka-2"}})
		return err
	})
	w.MustUp(t)
	w.Workspace().SetProgram(stacks.Program)
	steps, err := w.Steps(t)
	require.NoError(t, err)
	found := 0
	for urn, step := range steps {
		assert.NotContains(t, []apitype.OpType{apitype.OpDelete, apitype.OpReplace}, step.Op, urn)
		if step.Type == "random:index/randomId:RandomId" {
			assert.Equal(t, apitype.OpSame, step.Op, urn)
			found++
		}
	}
	assert.Equal(t, 4, found, "the cluster id, and a directory id per voter")
}
