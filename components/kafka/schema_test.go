package kafka_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
)

// A schema can be derived from arguments and outputs: each field has a name in it, or is
// said to be for Go alone, and is plain data, an input or an output.
func TestSchemaCanBeDerived(t *testing.T) {
	for _, arguments := range []reflect.Type{
		reflect.TypeFor[kafka.Args](), reflect.TypeFor[kafka.NodePoolArgs](), reflect.TypeFor[kafka.LifeArgs](), reflect.TypeFor[image.Args](),
	} {
		describable(t, arguments.String(), arguments)
	}
	outputs := 0
	for cluster, i := reflect.TypeFor[kafka.Cluster](), 0; i < cluster.NumField(); i++ {
		field := cluster.Field(i)
		if field.Type.Implements(reflect.TypeFor[pulumi.Output]()) {
			assert.NotEmpty(t, field.Tag.Get("pulumi"), field.Name)
			outputs++
		}
	}
	assert.Equal(t, 6, outputs)
}

func describable(t *testing.T, path string, kind reflect.Type) {
	t.Helper()
	if kind.Implements(reflect.TypeFor[pulumi.Input]()) {
		return
	}
	switch kind.Kind() {
	case reflect.String, reflect.Int, reflect.Bool:
	case reflect.Pointer, reflect.Slice:
		describable(t, path, kind.Elem())
	case reflect.Map:
		assert.Equal(t, reflect.String, kind.Key().Kind(), path)
		describable(t, path, kind.Elem())
	case reflect.Struct:
		names := map[string]bool{}
		for i := range kind.NumField() {
			field := kind.Field(i)
			name, _, _ := strings.Cut(field.Tag.Get("pulumi"), ",")
			if name == "-" {
				continue
			}
			assert.NotEmpty(t, name, "%s.%s", path, field.Name)
			assert.False(t, names[name], "%s.%s", path, field.Name)
			names[name] = true
			describable(t, path+"."+field.Name, field.Type)
		}
	default:
		t.Errorf("%s is a %s, which no schema knows", path, kind)
	}
}
