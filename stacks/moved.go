package stacks

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
)

// moved lets Pulumi find the parts of the cluster that earlier versions made beside it, so
// that nothing of a live stack is replaced. Their children are found with them. It must
// stay for as long as there are stacks that such a version was the last to update.
func moved() pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			former := map[string]string{clusterid.Type: "cluster-id", image.Type: "image", storage.SharedType: args.Name}
			name, isMoved := former[args.Type]
			if !isMoved {
				return nil
			}
			alias := pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(name), NoParent: pulumi.Bool(true)}})
			return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: append(args.Opts[:len(args.Opts):len(args.Opts)], alias)}
		},
	})
}
