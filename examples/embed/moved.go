package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
)

// moved says where parts of the Kafka were while this program still made them one by one:
// below the shop, and by other names. Without it they would be made anew, and the records
// on the volume would belong to another cluster. A program that begins with kafka.New
// needs nothing of it.
func moved(shop *Shop) pulumi.ResourceOption {
	former := map[string][]string{clusterid.Type: {"orders", "kafka"}, image.Type: {"kafka"}}
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			options := args.Opts[:len(args.Opts):len(args.Opts)]
			for _, name := range former[args.Type] {
				options = append(options, pulumi.Aliases([]pulumi.Alias{{Name: pulumi.String(name), Parent: shop}}))
			}
			return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: options}
		},
	})
}
