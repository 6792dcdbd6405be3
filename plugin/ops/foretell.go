package ops

import (
	"context"
	"errors"
	"fmt"

	p "github.com/pulumi/pulumi-go-provider"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// errNoImport is the answer to who would import a gate.
var errNoImport = errors.New("a gate is gone through, not imported: up makes it")

// foretell tells a preview what would be done. A refusal is the preview's own error, with all its
// reasons. Anything else that went wrong only means that nobody knows.
func foretell(ctx context.Context, lines []string, err error) error {
	log := p.GetLogger(ctx)
	for _, line := range lines {
		log.Info(line)
	}
	var refusal *ops.Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	if err != nil {
		log.Warning(fmt.Sprintf("Kafka cannot be asked, so what would be done is not known: %v", err))
	}
	return nil
}

// report tells what was done, and what is to be known about it.
func report(ctx context.Context, done, remarks []string) {
	log := p.GetLogger(ctx)
	for _, line := range done {
		log.Info(line)
	}
	for _, remark := range remarks {
		log.Warning(remark)
	}
}

// unseen tells a refresh that nobody knows. What cannot be looked at stays as it is.
func unseen(ctx context.Context, err error) {
	p.GetLogger(ctx).Warning(fmt.Sprintf("whether it is as it shall be is not known: %v", err))
}
