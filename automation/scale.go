package automation

import (
	"context"
	"errors"
	"strconv"
)

// Count is how many members of a kind there shall be.
type Count struct {
	key    string
	number int
}

// Brokers is how many brokers there shall be, or combined nodes.
func Brokers(number int) Count { return Count{"brokers", number} }

// Controllers is how many controllers a separated cluster shall have.
func Controllers(number int) Count { return Count{"controllers", number} }

// Scale is Up with other numbers of members, which the stack's configuration keeps. What is
// refused before anything changed is not kept: then the configuration is as it was. What is cut
// off later is kept, and the next Up goes on; to take it back, Scale to the former number.
//
// It is for a stack that has its configuration itself; with Options.Config that is the place.
func (s *Stack) Scale(ctx context.Context, to ...Count) (Result, error) {
	if s.options.Config != nil {
		return Result{}, s.fail("scale", ErrConfig, errors.New("the configuration is Options.Config"), "Change it there, then Up.")
	}
	s.options.Set = map[string]string{}
	for _, count := range to {
		s.options.Set[count.key] = strconv.Itoa(count.number)
	}
	if err := s.set(ctx); err != nil {
		return Result{}, err
	}
	return s.Up(ctx)
}
