package insist

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var errAway, errDenied = errors.New("away"), errors.New("denied")

func TestOn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers []error // the last one stays
		passes  func(error) bool
		want    error
		tries   int
	}{
		"it works":                    {[]error{nil}, nil, nil, 1},
		"it works in the end":         {[]error{errAway, errAway, nil}, nil, nil, 3},
		"the time is over":            {[]error{errAway}, nil, errAway, 6},
		"the last words say nothing":  {[]error{errAway, context.DeadlineExceeded}, nil, errAway, 6},
		"what does not pass ends it":  {[]error{errAway, errDenied}, func(err error) bool { return !errors.Is(err, errDenied) }, errDenied, 2},
		"without a judgement it goes": {[]error{errDenied}, nil, errDenied, 6},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				tries := 0
				err := On(t.Context(), 5*Pause+Pause/2, c.passes, func(context.Context) error {
					err := c.answers[min(tries, len(c.answers)-1)]
					tries++
					return err
				})
				require.ErrorIs(t, err, c.want)
				assert.Equal(t, c.tries, tries)
			})
		})
	}
}

func TestOnIsCutOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithTimeout(t.Context(), 2*Pause+Pause/2)
		defer stop()
		began := time.Now()
		require.ErrorIs(t, On(ctx, time.Hour, nil, func(context.Context) error { return errAway }), errAway)
		assert.Equal(t, 2*Pause+Pause/2, time.Since(began))
	})
}
