package automation

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"

	pulumiconfig "github.com/pulumi/pulumi/sdk/v3/go/common/resource/config"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// settings is a configuration in the words of Pulumi.<stack>.yaml. What has its
// default is left out: a later release with better defaults reaches the stack, and a
// person who reads the settings sees what is special about it.
func settings(c config.Config) (pulumiconfig.Map, error) {
	said, err := object(c)
	if err != nil {
		return nil, err
	}
	defaults, err := object(config.Default())
	if err != nil {
		return nil, err
	}
	result := pulumiconfig.Map{}
	for key, value := range differences(said, defaults) {
		at := pulumiconfig.MustMakeKey(config.Namespace, key)
		switch v := value.(type) {
		case string:
			result[at] = pulumiconfig.NewValue(v)
		case bool:
			result[at] = pulumiconfig.NewTypedValue(strconv.FormatBool(v), pulumiconfig.TypeBool)
		case json.Number:
			result[at] = pulumiconfig.NewTypedValue(v.String(), pulumiconfig.TypeInt)
		default:
			text, err := json.Marshal(v)
			if err != nil {
				return nil, fmt.Errorf("setting %s: %w", at, err)
			}
			result[at] = pulumiconfig.NewObjectValue(string(text))
		}
	}
	return result, nil
}

// differences are the fields that have another value than by default; an object's
// fields are compared one by one.
func differences(said, defaults map[string]any) map[string]any {
	different := map[string]any{}
	for key, value := range said {
		if inner, ok := value.(map[string]any); ok && defaults[key] != nil {
			before, _ := defaults[key].(map[string]any)
			if rest := differences(inner, before); len(rest) > 0 {
				different[key] = rest
			}
			continue
		}
		if !equal(value, defaults[key]) {
			different[key] = value
		}
	}
	return different
}

// equal compares what JSON can say. An empty list or map is the same as none.
func equal(a, b any) bool {
	return text(a) == text(b)
}

func text(value any) string {
	switch v := value.(type) {
	case []any:
		if len(v) == 0 {
			return "null"
		}
	case map[string]any:
		if len(v) == 0 {
			return "null"
		}
	}
	written, err := json.Marshal(value)
	if err != nil {
		return err.Error() // never: it came from JSON
	}
	return string(written)
}

func object(c config.Config) (map[string]any, error) {
	written, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("writing the configuration: %w", err)
	}
	return readObject(written)
}

func readObject(written []byte) (map[string]any, error) {
	decoder := json.NewDecoder(bytes.NewReader(written))
	decoder.UseNumber()
	var read map[string]any
	if err := decoder.Decode(&read); err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return read, nil
}
