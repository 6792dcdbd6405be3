package ops

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// quiet is how long a line that has only other figures than the last one waits. Moving replicas
// takes hours where there are many, and has a line twice a second.
const quiet = 15 * time.Second

// progress tells how far a gate is: every line in the display's status column, and those that
// say something new as messages, which stay.
func progress(ctx context.Context) ops.Progress {
	log := p.GetLogger(ctx)
	news := newsworthy()
	return func(line string) {
		log.InfoStatus(line)
		if news(line) {
			log.Info(line)
		}
	}
}

// newsworthy picks the lines that differ in more than figures from the last one, and of the
// others one after a while.
func newsworthy() func(line string) bool {
	var last string
	var told time.Time
	return func(line string) bool {
		words := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return -1
			}
			return r
		}, line)
		if words == last && time.Since(told) < quiet {
			return false
		}
		last, told = words, time.Now()
		return true
	}
}

// unfinished is why a gate did not open, and that it is not given up. done is what was done
// all the same.
func unfinished(ctx context.Context, err error, done ...string) error {
	var refusal *ops.Refusal
	reasons := []string{err.Error()}
	if errors.As(err, &refusal) {
		reasons = nil
		for _, reason := range refusal.Reasons {
			reasons = append(reasons, refusal.What+": "+reason)
		}
	}
	if errors.Is(ctx.Err(), context.Canceled) {
		reasons[0] = "cut off, and the next up goes on: " + reasons[0]
	}
	if len(done) > 0 {
		reasons = append(reasons, "so far: "+strings.Join(done, "; "))
	}
	return infer.ResourceInitFailedError{Reasons: reasons}
}
