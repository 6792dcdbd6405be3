package plugin

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// line is a place to connect to, and what became of it.
type line struct {
	takes        time.Duration
	broken, dead error
	made, ended  int
	mutex        sync.Mutex
}

func (l *line) shared() *shared[string, int] {
	return &shared[string, int]{
		connect: func(ctx context.Context, _ string) (int, error) {
			select {
			case <-time.After(l.takes):
			case <-ctx.Done():
				return 0, ctx.Err()
			}
			l.mutex.Lock()
			defer l.mutex.Unlock()
			if l.broken != nil {
				return 0, l.broken
			}
			l.made++
			return l.made, nil
		},
		alive: func(context.Context, int) error { return l.dead },
		end:   func(int) { l.ended++ },
	}
}

func TestShared(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{takes: time.Second}
		s := l.shared()
		var all sync.WaitGroup
		for range 200 {
			all.Go(func() {
				conn, release, err := s.get(t.Context(), "here")
				assert.NoError(t, err)
				assert.Equal(t, 1, conn)
				release()
				release() // twice is once
			})
		}
		all.Wait()
		assert.Equal(t, 1, l.made)

		_, release, err := s.get(t.Context(), "there")
		require.NoError(t, err)
		assert.Equal(t, 2, l.made, "another place is another connection")
		time.Sleep(2 * idle)
		assert.Equal(t, 1, l.ended, "the one that nobody uses is closed, the other is not")
		release()
		time.Sleep(idle + time.Second)
		assert.Equal(t, 2, l.ended)
		assert.Empty(t, s.open)
	})
}

// One that has rested may lead to brokers that are gone.
func TestSharedAfterARest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{}
		s := l.shared()
		use := func() int {
			conn, release, err := s.get(t.Context(), "here")
			require.NoError(t, err)
			release()
			return conn
		}
		assert.Equal(t, 1, use())
		l.dead = errors.New("gone")
		assert.Equal(t, 1, use(), "it is not asked each time")
		time.Sleep(2 * rested)
		assert.Equal(t, 2, use())
		assert.Equal(t, 1, l.ended)
		time.Sleep(2 * idle)
		assert.Equal(t, 2, l.ended)
	})
}

func TestSharedFailures(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		l := &line{takes: time.Second, broken: errors.New("broken")}
		s := l.shared()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				_, _, err := s.get(t.Context(), "here")
				assert.ErrorIs(t, err, l.broken, "of all who waited")
			})
		}
		all.Wait()
		l.broken = nil
		conn, release, err := s.get(t.Context(), "here")
		require.NoError(t, err, "and of nobody else")
		assert.Equal(t, 1, conn)
		release()

		// Who gives up while others wait takes nothing from them.
		l.takes = time.Minute
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			_, release, err := s.get(t.Context(), "there")
			assert.NoError(t, err)
			release()
		})
		synctest.Wait()
		all.Go(func() {
			_, _, err := s.get(ctx, "there")
			assert.ErrorIs(t, err, context.Canceled)
		})
		synctest.Wait()
		cancel()
		all.Wait()
		time.Sleep(2 * idle)
		assert.Equal(t, l.made, l.ended)
	})
}
