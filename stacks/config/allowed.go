package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// Numbers and durations with limits have them in the tag `allowed`, "1 to 300", where
// they are judged by and described from.

// checkAllowed judges the fields of a struct that have the tag, and those of structs in it.
func checkAllowed(p *Problems, prefix string, object reflect.Value) {
	for i := range object.NumField() {
		field, value := object.Type().Field(i), object.Field(i)
		path := prefix + field.Tag.Get("json")
		if value.Kind() == reflect.Struct {
			checkAllowed(p, path+".", value)
			continue
		}
		if least, most, limited := limits(field); limited && (value.Int() < least || value.Int() > most) {
			p.add(path, fmt.Sprint(value.Interface()), "must be %s", wanted(field))
		}
	}
}

// limits are those of the field's tag. A test reads all tags, so that none is mistaken.
func limits(field reflect.StructField) (least, most int64, limited bool) {
	low, high, _ := strings.Cut(field.Tag.Get("allowed"), " to ")
	read := func(text string) (int64, error) {
		if field.Type == reflect.TypeFor[Duration]() {
			d, err := ParseDuration(text)
			return int64(d), err
		}
		return strconv.ParseInt(text, 10, 64)
	}
	least, errLeast := read(low)
	most, errMost := read(high)
	return least, most, errLeast == nil && errMost == nil
}

// wanted is what a field may be, to follow "must be".
func wanted(field reflect.StructField) string {
	low, high, limited := strings.Cut(field.Tag.Get("allowed"), " to ")
	span := ""
	if limited {
		span = "from " + low + " to " + high
	}
	if field.Type == reflect.TypeFor[Duration]() {
		return strings.Join(strings.Fields("a duration "+span), " ") + ", such as 10m"
	}
	return span
}
