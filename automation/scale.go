package automation

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

// Count is how many members of a kind there shall be.
type Count struct {
	key    string
	number int
	now    func(config.Config) int
}

// Brokers is how many brokers there shall be, or combined nodes.
func Brokers(number int) Count {
	return Count{"brokers", number, func(c config.Config) int { return c.Brokers }}
}

// Controllers is how many controllers a separated cluster shall have.
func Controllers(number int) Count { return Count{"controllers", number, config.Config.Voters} }

// Scale is Up with other numbers of members, which the stack's configuration keeps. There is
// always a preview before it, of which Events tells what the gates would do: who is emptied, how
// much moves. What is refused before anything changed is not kept: then the configuration is as
// it was. What fails or is cut off later is kept, and the next Up goes on; to take it back,
// Scale to the former number. With the numbers that there are it is an Up, which goes on with
// what was cut off.
//
// It is for a stack that has its configuration itself; with Options.Config that is the place.
// Of two on one handle the second fails with ErrLocked.
func (s *Stack) Scale(ctx context.Context, to ...Count) (Result, error) {
	const doing = "scale"
	if err := s.configured(doing); err != nil {
		return Result{}, err
	}
	if err := errors.Join(s.mayChange(), checkCounts(to)); err != nil {
		return Result{}, s.fail(doing, ErrConfig, err, "")
	}
	return s.change(ctx, doing, func() map[string]string {
		other, same := part(s.Config(), to)
		for _, count := range same {
			s.say(Note, doing, fmt.Sprintf("%s is %d already", count.key, count.number))
		}
		return other
	})
}

// checkCounts refuses what no stack can have; what this one cannot have, its configuration says.
func checkCounts(counts []Count) error {
	if len(counts) == 0 {
		return errors.New("nothing says how many there shall be: Brokers, Controllers, or both")
	}
	var errs []error
	named := map[string]bool{}
	for _, count := range counts {
		if count.number < 1 {
			errs = append(errs, fmt.Errorf("%s %d: must be at least 1", count.key, count.number))
		}
		if named[count.key] {
			errs = append(errs, fmt.Errorf("%s is named twice", count.key))
		}
		named[count.key] = true
	}
	return errors.Join(errs...)
}

// part parts the numbers that are other ones from those that are the same, of which nothing has
// to be written: a default stays one.
func part(c config.Config, counts []Count) (other map[string]string, same []Count) {
	other = map[string]string{}
	for _, count := range counts {
		if count.now(c) == count.number {
			same = append(same, count)
			continue
		}
		other[count.key] = strconv.Itoa(count.number)
	}
	return other, same
}
