package kafka

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
)

func TestRolls(t *testing.T) {
	spec := func(replicas float64, template string) resource.PropertyMap {
		return resource.PropertyMap{"spec": resource.NewProperty(resource.PropertyMap{
			"replicas": resource.NewProperty(replicas),
			"template": resource.NewProperty(resource.PropertyMap{"image": resource.NewProperty(template)}),
		})}
	}
	assert.True(t, rolls(spec(3, "a"), spec(3, "b")), "another template")
	assert.False(t, rolls(spec(3, "a"), spec(5, "a")), "scaled")
	assert.False(t, rolls(spec(3, "a"), spec(0, "b")), "stopped")
	assert.False(t, rolls(spec(3, "a"), spec(3, "a")), "no change")
}
