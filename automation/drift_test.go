package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestDifferenceShowsWhatIsNotAsItWas(t *testing.T) {
	assert.Equal(t, "PodDisruptionBudget kafka is gone",
		Difference{Type: "kubernetes:policy/v1:PodDisruptionBudget", Name: "kafka", Gone: true}.String())
	assert.Equal(t, `ConfigMap kafka was changed
  data["server.properties"]:
  - num.partitions=3
  + num.partitions=4
  metadata.labels.team: was nothing, is shop
  spec.replicas: was 3, is 1`,
		Difference{Type: "kubernetes:core/v1:ConfigMap", Name: "kafka", Fields: []Field{
			{Path: `data["server.properties"]`, Was: "a=b\nnum.partitions=3\n", Is: "a=b\nnum.partitions=4\n"},
			{Path: "metadata.labels.team", Is: "shop"},
			{Path: "spec.replicas", Was: 3.0, Is: 1.0},
		}}.String())
}

func TestAt(t *testing.T) {
	value := map[string]any{"spec": map[string]any{"list": []any{"a", map[string]any{"x.y": 1}}}}
	assert.Equal(t, "a", at(value, "spec.list[0]"))
	assert.Equal(t, 1, at(value, `spec.list[1]["x.y"]`))
	for _, none := range []string{"spec.list[2]", "spec.none.deeper", "spec[0]", "a[", ""} {
		assert.NotPanics(t, func() { _ = at(value, none) }, none)
	}
	assert.Nil(t, at(value, "spec.list[2]"))
}
