package kafka

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// revision differs whenever the pods that a StatefulSet asks for do, and is not known
// before they are. It is made from what is asked for and not from what Kubernetes says,
// whose own generation and revision a preview does not know.
func revision(spec appsv1.StatefulSetSpecArgs) pulumi.StringOutput {
	return spec.ToStatefulSetSpecOutput().ApplyT(func(resolved appsv1.StatefulSetSpec) (string, error) {
		return digest(resolved.Template)
	}).(pulumi.StringOutput)
}

// digest is that of a value's JSON without nulls: a newer SDK may know more fields, and
// that alone is no change.
func digest(value any) (string, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return "", fmt.Errorf("revision: %w", err)
	}
	var parts any
	if err := json.Unmarshal(text, &parts); err != nil {
		return "", fmt.Errorf("revision: %w", err)
	}
	if text, err = json.Marshal(withoutNulls(parts)); err != nil {
		return "", fmt.Errorf("revision: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}

func withoutNulls(value any) any {
	switch value := value.(type) {
	case map[string]any:
		maps.DeleteFunc(value, func(_ string, field any) bool { return field == nil })
		for name := range value {
			value[name] = withoutNulls(value[name])
		}
	case []any:
		for i := range value {
			value[i] = withoutNulls(value[i])
		}
	}
	return value
}
