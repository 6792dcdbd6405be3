package stacks

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// deliver brings an image that was built and not pushed to where pods find it, before any
// pod is made of it. A preview has no image yet, and a registry needs no help.
func (s stack) deliver(ctx *pulumi.Context, image pulumi.StringOutput) pulumi.StringOutput {
	if s.Deliver == nil || s.Image != "" || s.ImageRegistry != "" || ctx.DryRun() {
		return image
	}
	return image.ApplyTWithContext(ctx.Context(), func(ctx context.Context, ref string) (string, error) {
		return ref, s.Deliver(ctx, ref)
	}).(pulumi.StringOutput)
}
