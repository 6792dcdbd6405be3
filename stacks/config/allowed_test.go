package config

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Every tag can be read, on a type that it is for, and allows the default.
func TestAllowedTags(t *testing.T) {
	var walk func(prefix string, object reflect.Value)
	walk = func(prefix string, object reflect.Value) {
		for i := range object.NumField() {
			field, value := object.Type().Field(i), object.Field(i)
			path := prefix + field.Tag.Get("json")
			if value.Kind() == reflect.Struct {
				walk(path+".", value)
			}
			if _, tagged := field.Tag.Lookup("allowed"); !tagged {
				continue
			}
			least, most, limited := limits(field)
			assert.True(t, limited && value.CanInt(), "%s: the tag is `least to most`, of a number or duration", path)
			assert.Less(t, least, most, path)
		}
	}
	walk("", reflect.ValueOf(Default()))
	var p Problems
	checkAllowed(&p, "", reflect.ValueOf(Default()))
	assert.Empty(t, p)
}
