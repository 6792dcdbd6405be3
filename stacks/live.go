package stacks

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// checkLive compares the configuration with what the stack already is. A stack
// that never ran, or was destroyed, is free to become anything.
func checkLive(ctx *pulumi.Context, wanted config.Config) error {
	self, err := pulumi.NewStackReference(ctx, "self", &pulumi.StackReferenceArgs{
		Name: pulumi.String(fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())),
	})
	if err != nil {
		return fmt.Errorf("reading the stack's own outputs: %w", err)
	}
	read := func(name string) (string, error) {
		details, err := self.GetOutputDetails(name)
		if err != nil {
			return "", fmt.Errorf("reading the stack's own output %s: %w", name, err)
		}
		text, _ := details.Value.(string)
		return text, nil
	}
	record, err := read(OutputFrozen)
	if err != nil || record == "" {
		return err
	}
	id, err := read(OutputClusterID)
	if err != nil {
		return err
	}
	changes, err := wanted.Changes(record, id)
	if err != nil {
		return fmt.Errorf("stack %s: %w", ctx.Stack(), err)
	}
	if err := changes.Err(); err != nil {
		return fmt.Errorf("stack %s is live: %w", ctx.Stack(), err)
	}
	return nil
}
