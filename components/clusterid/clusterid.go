// Package clusterid makes the ids that a Kafka cluster keeps for life: its cluster
// id, and the directory id of every controller of the first quorum.
package clusterid

import (
	"fmt"

	"github.com/pulumi/pulumi-random/sdk/v4/go/random"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is the component's type token.
const Type = "kafka-kraft:clusterid:ClusterID"

// idBytes is the size of a Kafka Uuid, which is written as 22 characters of
// base64url. An id may begin with a dash: pass it as --cluster-id=…, never as a
// word of its own (KAFKA-15754).
const idBytes = 16

// Args says which ids are wanted.
type Args struct {
	// Adopt is an existing cluster id, as found in meta.properties. Empty: a new
	// one is made, once.
	Adopt string `pulumi:"adopt,optional"`
	// Controllers names the voters of the first quorum that have none yet, in the plan's
	// order; each gets a directory id (KIP-853) of its own.
	Controllers []string `pulumi:"controllers"`
	// Protect makes Pulumi refuse to delete the ids.
	Protect bool `pulumi:"protect,optional"`
}

// ClusterID holds the ids.
type ClusterID struct {
	pulumi.ResourceState

	// ID is the cluster id, 22 characters.
	ID pulumi.StringOutput `pulumi:"id"`
	// DirectoryIDs are those of Args.Controllers, in the same order.
	DirectoryIDs []pulumi.StringOutput
}

// New makes or adopts the ids. They are no secret: every client may ask for the
// cluster id.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*ClusterID, error) {
	if args == nil {
		return nil, fmt.Errorf("cluster id %q: arguments are missing", name)
	}
	c := &ClusterID{}
	if err := ctx.RegisterComponentResource(Type, name, c, opts...); err != nil {
		return nil, fmt.Errorf("cluster id %q: %w", name, err)
	}
	options := []pulumi.ResourceOption{pulumi.Parent(c), pulumi.Protect(args.Protect)}

	idOptions := options
	if args.Adopt != "" {
		idOptions = append(idOptions[:len(idOptions):len(idOptions)], pulumi.Import(pulumi.ID(args.Adopt)))
	}
	id, err := random.NewRandomId(ctx, name, &random.RandomIdArgs{ByteLength: pulumi.Int(idBytes)}, idOptions...)
	if err != nil {
		return nil, fmt.Errorf("cluster id %q: %w", name, err)
	}
	c.ID = id.B64Url

	for _, controller := range args.Controllers {
		directory, err := random.NewRandomId(ctx, name+"-directory-"+controller,
			&random.RandomIdArgs{ByteLength: pulumi.Int(idBytes)}, options...)
		if err != nil {
			return nil, fmt.Errorf("directory id of %s: %w", controller, err)
		}
		c.DirectoryIDs = append(c.DirectoryIDs, directory.B64Url)
	}
	if err := ctx.RegisterResourceOutputs(c, pulumi.Map{"id": c.ID}); err != nil {
		return nil, fmt.Errorf("cluster id %q: %w", name, err)
	}
	return c, nil
}
