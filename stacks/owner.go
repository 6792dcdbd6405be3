package stacks

import (
	"reflect"

	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

// markOwner makes every object of Kubernetes that the program registers from now on say
// which stack made it.
func markOwner(ctx *pulumi.Context) error {
	mark := pulumi.String(owner(ctx))
	return ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		arguments := reflect.Indirect(reflect.ValueOf(args.Props))
		if arguments.Kind() != reflect.Struct {
			return nil
		}
		field := arguments.FieldByName("Metadata")
		if !field.IsValid() || !field.CanSet() {
			return nil
		}
		metadata, ok := field.Interface().(metav1.ObjectMetaArgs)
		if !ok {
			return nil
		}
		annotations := pulumi.StringMap{survey.OwnerAnnotation: mark}
		if has, ok := metadata.Annotations.(pulumi.StringMap); ok {
			for key, value := range has {
				annotations[key] = value
			}
		}
		metadata.Annotations = annotations
		field.Set(reflect.ValueOf(metadata))
		return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: args.Opts}
	})
}
