package kube

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Namespace is the name of a namespace, which is known when made is: the same name as the
// resource has it that makes the namespace. Nil: it is there. Another name is an error,
// since an object would lie where nobody looks for it.
func Namespace(name string, made pulumi.StringInput) pulumi.StringOutput {
	if made == nil {
		return pulumi.String(name).ToStringOutput()
	}
	return made.ToStringOutput().ApplyT(func(is string) (string, error) {
		if is != name {
			return "", fmt.Errorf("the namespace that was made is %q, and the plan's is %q", is, name)
		}
		return name, nil
	}).(pulumi.StringOutput)
}
