package ops

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

func TestPasses(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		io.EOF:                                                true,
		errors.New("port-forward: no such pod"):               true,
		fmt.Errorf("x: %w", kerr.NotController):               true,
		kerr.RequestTimedOut:                                  true,
		kerr.BrokerNotAvailable:                               true,
		kerr.ClusterAuthorizationFailed:                       false,
		&kadm.AuthError{Err: kerr.ClusterAuthorizationFailed}: false,
		final{errors.New("too old")}:                          false,
		&Refusal{What: "no", Reasons: []string{"why"}}:        false,
		kgo.ErrClientClosed:                                   false,
		errors.Join(io.EOF, kerr.InvalidConfig):               false,
		errors.Join(io.EOF, kerr.NotController):               true,
		fmt.Errorf("x: %w", &kadm.ShardErrors{Errs: []kadm.ShardError{{Err: io.EOF}}}): true,
		&kadm.ShardErrors{Errs: []kadm.ShardError{{Err: kerr.InvalidRequest}}}:         false,
	} {
		assert.Equal(t, want, Passes(err), "%v", err)
	}
}
