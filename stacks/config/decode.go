package config

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/nearest"
)

// decode fills target, a pointer to a struct, from values as Pulumi hands them
// out: a scalar is text, an object is JSON text. Whatever is not said keeps the
// value that target had. Unknown keys, wrong types and nulls are problems; all of
// them are found, none stops the walk.
func decode(values map[string]string, target any) Problems {
	var problems Problems
	object := reflect.ValueOf(target).Elem()
	known := fields(object.Type())
	for _, key := range slices.Sorted(maps.Keys(values)) {
		index, ok := known[key]
		if !ok {
			problems.add(key, "", "unknown key%s", suggestion(key, known))
			continue
		}
		decodeText(key, values[key], object.Type().Field(index), object.Field(index), &problems)
	}
	return problems
}

// decodeText reads one top-level value.
func decodeText(key, text string, field reflect.StructField, target reflect.Value, problems *Problems) {
	switch target.Kind() {
	case reflect.Int64: // Duration alone is one
		d, err := ParseDuration(text)
		if err != nil {
			problems.add(key, text, "must be %s", wanted(field))
			return
		}
		target.SetInt(int64(d))
	case reflect.String:
		target.SetString(text)
	case reflect.Int:
		n, err := strconv.Atoi(text)
		if err != nil {
			problems.add(key, text, "must be a whole number")
			return
		}
		target.SetInt(int64(n))
	case reflect.Bool:
		if text != "true" && text != "false" {
			problems.add(key, text, "must be true or false")
			return
		}
		target.SetBool(text == "true")
	default:
		value, err := parseJSON(text)
		if err != nil && target.Kind() == reflect.Slice {
			problems.add(key, text, "must be a list, set with `pulumi config set --path '%s:%s[0]' <value>`", Namespace, key)
			return
		}
		if err != nil {
			problems.add(key, text, "must be an object, set with `pulumi config set --path '%s:%s.<field>' <value>`", Namespace, key)
			return
		}
		decodeValue(key, value, target, problems)
	}
}

func parseJSON(text string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading an object: %w", err)
	}
	if decoder.More() {
		return nil, fmt.Errorf("more than one object in %q", text)
	}
	return value, nil
}

// decodeValue reads a value inside an object.
func decodeValue(path string, value any, target reflect.Value, problems *Problems) {
	switch target.Kind() {
	case reflect.Struct:
		decodeStruct(path, value, target, problems)
	case reflect.Map:
		decodeMap(path, value, target, problems)
	case reflect.Slice:
		decodeSlice(path, value, target, problems)
	default:
		decodeScalar(path, value, target, problems)
	}
}

func decodeStruct(path string, value any, target reflect.Value, problems *Problems) {
	object, ok := value.(map[string]any)
	if !ok {
		problems.add(path, show(value), "must be an object")
		return
	}
	known := fields(target.Type())
	for _, key := range slices.Sorted(maps.Keys(object)) {
		index, ok := known[key]
		if !ok {
			problems.add(path+"."+key, "", "unknown key%s", suggestion(key, known))
			continue
		}
		decodeValue(path+"."+key, object[key], target.Field(index), problems)
	}
}

func decodeMap(path string, value any, target reflect.Value, problems *Problems) {
	if target.Type().Elem().Kind() == reflect.Struct {
		decodeObjects(path, value, target, problems)
		return
	}
	object, ok := value.(map[string]any)
	if !ok {
		problems.add(path, show(value), "must be an object of texts")
		return
	}
	if len(object) == 0 {
		target.SetZero() // as of a list
		return
	}
	result := map[string]string{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		switch v := object[key].(type) {
		case string:
			result[key] = v
		case json.Number, bool: // YAML reads num.partitions: 3 as a number
			result[key] = fmt.Sprint(v)
		default:
			problems.add(path+"."+key, show(v), "must be a text, a number, true or false")
		}
	}
	target.Set(reflect.ValueOf(result))
}

// decodeObjects reads objects that people give names to.
func decodeObjects(path string, value any, target reflect.Value, problems *Problems) {
	objects, ok := value.(map[string]any)
	if !ok {
		problems.add(path, show(value), "must be an object of objects, each below its name")
		return
	}
	target.SetZero() // so that saying nothing and saying "none" are the same
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		object := named(target.Type().Elem())
		decodeStruct(path+"."+name, objects[name], object, problems)
		if target.IsNil() {
			target.Set(reflect.MakeMap(target.Type()))
		}
		target.SetMapIndex(reflect.ValueOf(name), object)
	}
}

// named is an object that people give a name to, with its defaults.
func named(kind reflect.Type) reflect.Value {
	object := reflect.New(kind).Elem()
	if kind == reflect.TypeFor[Topic]() {
		object.Set(reflect.ValueOf(DefaultTopic()))
	}
	return object
}

func decodeSlice(path string, value any, target reflect.Value, problems *Problems) {
	list, ok := value.([]any)
	if !ok {
		problems.add(path, show(value), "must be a list")
		return
	}
	if len(list) == 0 {
		target.SetZero() // so that saying nothing and saying "none" are the same
		return
	}
	result := reflect.MakeSlice(target.Type(), len(list), len(list))
	for i, item := range list {
		decodeValue(fmt.Sprintf("%s[%d]", path, i), item, result.Index(i), problems)
	}
	target.Set(result)
}

func decodeScalar(path string, value any, target reflect.Value, problems *Problems) {
	switch v := value.(type) {
	case string:
		if target.Kind() == reflect.String {
			target.SetString(v)
			return
		}
		if d, err := ParseDuration(v); err == nil && target.Type() == reflect.TypeFor[Duration]() {
			target.SetInt(int64(d))
			return
		}
	case bool:
		if target.Kind() == reflect.Bool {
			target.SetBool(v)
			return
		}
	case json.Number:
		if target.Type() == reflect.TypeFor[Quantity]() {
			target.SetString(v.String())
			return
		}
		if n, err := strconv.Atoi(v.String()); err == nil && target.Kind() == reflect.Int {
			target.SetInt(int64(n))
			return
		}
		if n, err := v.Float64(); err == nil && target.Kind() == reflect.Float64 {
			target.SetFloat(n)
			return
		}
	}
	problems.add(path, show(value), "must be %s", kindName(target.Kind()))
}

func kindName(kind reflect.Kind) string {
	switch kind {
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	case reflect.Float64:
		return "a number"
	case reflect.Int64:
		return "a duration such as 10m"
	default:
		return "a text"
	}
}

func show(value any) string {
	if value == nil {
		return "null"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// fields maps the JSON names of a struct to its field numbers.
func fields(t reflect.Type) map[string]int {
	names := make(map[string]int, t.NumField())
	for i := range t.NumField() {
		names[t.Field(i).Tag.Get("json")] = i
	}
	return names
}

// suggestion ends an "unknown key" with the key that was probably meant, or with
// the list of keys when there are few.
func suggestion(key string, known map[string]int) string {
	names := slices.Sorted(maps.Keys(known))
	const slip = 2 // letters
	if meant, letters := nearest.Of(key, names); letters <= slip {
		return fmt.Sprintf("; did you mean %s?", meant)
	}
	if len(names) <= 10 {
		return "; known are " + strings.Join(names, ", ")
	}
	return "; Pulumi.yaml describes the known ones"
}
