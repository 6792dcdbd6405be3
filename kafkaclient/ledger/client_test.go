package ledger

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
)

// A broker that cannot be reached is asked again, for a minute; what Kafka itself has against the
// question is no matter of time.
func TestEndsAreAskedForAgain(t *testing.T) {
	away := errors.New("unable to dial")
	for name, c := range map[string]struct {
		err   error
		after int // calls until there is an answer
		calls int
		ok    bool
	}{
		"at once":          {away, 0, 1, true},
		"back in a moment": {away, 2, 3, true},
		"never back":       {away, 1000, 60, false}, // or one more, as the minute ends
		"no leader yet":    {kerr.LeaderNotAvailable, 2, 3, true},
		"it may not ask":   {kerr.TopicAuthorizationFailed, 1000, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				_, err := Ends(t.Context(), func(context.Context, ...string) (kadm.ListedOffsets, error) {
					calls++
					if calls <= c.after {
						return nil, c.err
					}
					return kadm.ListedOffsets{}, nil
				}, "orders")
				if c.ok {
					require.NoError(t, err)
				} else {
					require.ErrorIs(t, err, c.err)
				}
				if name == "never back" {
					calls = min(calls, 60)
				}
				assert.Equal(t, c.calls, calls)
			})
		})
	}
}
