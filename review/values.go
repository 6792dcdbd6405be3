package review

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// What stands for a value that is not known yet, by the kind that it would have. The
// SDK has them in a package that would bring all of its plugin host along:
// sdk/go/common/resource/plugin/rpc.go.
var unknowns = map[string]bool{
	"04da6b54-80e4-46f7-96ec-b56ff0331ba9": true, // string
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

// inputs copies a resource's inputs into the words of this package.
func inputs(raw map[string]any) map[string]any {
	if raw == nil {
		return map[string]any{} // it is there, and has no inputs
	}
	return readObject(raw)
}

func readObject(raw map[string]any) map[string]any {
	object := make(map[string]any, len(raw))
	for key, value := range raw {
		if strings.HasPrefix(key, "__") {
			continue // a provider's notes to itself
		}
		object[key] = readValue(value)
	}
	return object
}

func readValue(raw any) any {
	switch value := raw.(type) {
	case string:
		if unknowns[value] {
			return Unknown
		}
		return value
	case []any:
		list := make([]any, len(value))
		for i, item := range value {
			list[i] = readValue(item)
		}
		return list
	case map[string]any:
		// A secret, an asset or a value with its dependencies is an object that
		// says so under this key.
		switch value[resource.SigKey] {
		case nil:
			return readObject(value)
		case resource.SecretSig:
			return Secret
		case resource.OutputValueSig:
			if inner, known := value["value"]; known {
				return readValue(inner)
			}
			return Unknown
		default:
			object := readObject(value)
			delete(object, resource.SigKey)
			return object
		}
	default:
		return value
	}
}
