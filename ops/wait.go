package ops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

// Progress is told of every step forward, in a line for people. nil is told nothing.
type Progress func(string)

// Pace is how fast and how patiently.
type Pace struct {
	// Throttle is how many bytes a second each broker may send, and take, for replicas that
	// move. 0: as fast as it goes.
	Throttle int64
	// Concurrency is how many partitions move at a time. 0 is 10.
	Concurrency int
	// Poll is the time between two looks. 0 is 500 ms.
	Poll time.Duration
	// Patience is how long the cluster may fail to answer before that is an error. 0 is two minutes.
	Patience time.Duration
}

func (p Pace) defaults() Pace {
	if p.Concurrency == 0 {
		p.Concurrency = 10
	}
	if p.Poll == 0 {
		p.Poll = 500 * time.Millisecond
	}
	if p.Patience == 0 {
		p.Patience = 2 * time.Minute
	}
	return p
}

// reasons are what is wrong with the numbers.
func (p Pace) reasons() []string {
	var reasons []string
	if p.Throttle < 0 {
		reasons = append(reasons, fmt.Sprintf("throttle %d: must be bytes per second, or 0 for none", p.Throttle))
	}
	if p.Concurrency < 0 {
		reasons = append(reasons, fmt.Sprintf("concurrency %d: must be at least 1, or 0 for 10", p.Concurrency))
	}
	return reasons
}

// worker is one call of this package on its way.
type worker struct {
	Admin
	pace     Pace
	progress Progress
	said     string
	// What this call has throttled, by id and by name.
	slowBrokers map[int32]bool
	slowTopics  map[string]bool
	// When it asked for reassignments first, and when it saw one of a partition last, by name.
	asked time.Time
	moved map[string]time.Time
}

func newWorker(admin Admin, pace Pace, progress Progress) *worker {
	return &worker{Admin: admin, pace: pace.defaults(), progress: progress, slowBrokers: map[int32]bool{}, slowTopics: map[string]bool{}, moved: map[string]time.Time{}}
}

// say tells a line, unless it was the last one told.
func (w *worker) say(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	if w.progress == nil || line == w.said {
		return
	}
	w.said = line
	w.progress(line)
}

// until looks again and again until there is nothing to wait for. look says what it waits for,
// "" for nothing. Failures that pass are waited out, for as long as the patience lasts.
func (w *worker) until(ctx context.Context, look func(context.Context) (string, error)) error {
	return w.every(ctx, w.pace.Poll, look)
}

// every is until, with another time between two looks.
func (w *worker) every(ctx context.Context, poll time.Duration, look func(context.Context) (string, error)) error {
	var waits string
	var failing time.Time
	for {
		now, err := look(ctx)
		switch {
		case ctx.Err() != nil:
			return ended(ctx, waits)
		case err == nil && now == "":
			return nil
		case err == nil:
			waits, failing = now, time.Time{}
		case !Passes(err):
			return err
		case failing.IsZero():
			failing, waits = time.Now(), "tries again: "+err.Error()
		case time.Since(failing) > w.pace.Patience:
			return fmt.Errorf("for %s: %w", w.pace.Patience, err)
		}
		w.say("%s", waits)
		if err := w.sleep(ctx, poll); err != nil {
			return ended(ctx, waits)
		}
	}
}

// try does one thing until it works.
func (w *worker) try(ctx context.Context, do func(context.Context) error) error {
	return w.until(ctx, func(ctx context.Context) (string, error) { return "", do(ctx) })
}

func (w *worker) sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ended(ctx, "")
	case <-timer.C:
		return nil
	}
}

// ended is the error of a call that was told to stop.
func ended(ctx context.Context, waits string) error {
	if waits == "" {
		waits = "stopped"
	}
	return fmt.Errorf("%s: %w", waits, context.Cause(ctx))
}

// final is an error that no waiting mends.
type final struct{ error }

func (f final) Unwrap() error { return f.error }

// Passes reports whether time may mend an error. What Kafka answers says so itself; all else is
// trouble on the way to it, such as a pod that is restarting. Of several, all must pass.
func Passes(err error) bool {
	var several interface{ Unwrap() []error }
	if errors.As(err, &several) {
		return !slices.ContainsFunc(several.Unwrap(), func(one error) bool { return !Passes(one) })
	}
	var ours final
	var refusal *Refusal
	if errors.As(err, &ours) || errors.As(err, &refusal) || errors.Is(err, kgo.ErrClientClosed) {
		return false
	}
	var answer *kerr.Error
	if errors.As(err, &answer) {
		// A change of voters is answered by BROKER_NOT_AVAILABLE while the node shuts down
		// (KafkaRaftClient.handleRemoveVoterRequest).
		return answer.Retriable || errors.Is(answer, kerr.BrokerNotAvailable)
	}
	return true
}
