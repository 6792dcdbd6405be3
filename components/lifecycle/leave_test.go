package lifecycle

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// voting is a quorum that only tells who votes.
type voting struct {
	ops.Admin
	quorum ops.Quorum
	asked  int
	mended func(*ops.Quorum) // after a while
}

func (v *voting) Quorum(context.Context) (ops.Quorum, error) {
	if v.asked++; v.asked == 5 && v.mended != nil {
		v.mended(&v.quorum)
	}
	return v.quorum, nil
}

// voters are n, all of which have what the first one, the leader, has.
func voters(n int) ops.Quorum {
	q := ops.Quorum{Leader: 1000}
	for i := range n {
		q.Voters = append(q.Voters, ops.Voter{ID: int32(1000 + i), CaughtUp: 1e6})
	}
	return q
}

// Pods of controllers stop only when those that stay can do without them, and nobody is asked
// while none is to stop.
func TestLeave(t *testing.T) {
	behind := func(q ops.Quorum, i int) ops.Quorum { q.Voters[i].CaughtUp = 1; return q }
	leaderless := voters(5)
	leaderless.Leader = -1
	for name, c := range map[string]struct {
		runs, shall int
		quorum      ops.Quorum
		away        error
		mended      func(*ops.Quorum)
		asked       bool
		want        string // empty: they may
	}{
		"5 to 3":                      {runs: 5, shall: 3, quorum: voters(5), asked: true},
		"3 to 5":                      {runs: 3, shall: 5, quorum: leaderless},
		"none goes":                   {runs: 3, shall: 3, away: errors.New("away")},
		"started":                     {runs: 0, shall: 3, away: errors.New("away")},
		"5 to 1":                      {runs: 5, shall: 1, quorum: voters(5), asked: true, want: "and 3 of 5 must; go to 3 first"},
		"nobody leads":                {runs: 5, shall: 3, quorum: leaderless, asked: true, want: "the quorum has no leader"},
		"nobody leads for a moment":   {runs: 5, shall: 3, quorum: leaderless, asked: true, mended: func(q *ops.Quorum) { q.Leader = 1000 }},
		"one that stays is behind":    {runs: 5, shall: 3, quorum: behind(voters(5), 2), asked: true, want: "voters 1002 stay and are behind the leader"},
		"one that goes is behind":     {runs: 5, shall: 3, quorum: behind(voters(5), 4), asked: true},
		"nobody can be asked":         {runs: 5, shall: 3, away: errors.New("away"), asked: true, want: "no broker can be asked who votes: away"},
		"by hand, more than the last": {runs: 7, shall: 3, quorum: voters(7), asked: true, want: "go to 5 first"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				replicas := int32(c.runs)
				client := fake.NewClientset(&appsv1.StatefulSet{
					ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "c"}, Spec: appsv1.StatefulSetSpec{Replicas: &replicas},
				})
				asked, said := 0, 0
				admin := &voting{quorum: c.quorum, mended: c.mended}
				connect := func(context.Context) (ops.Admin, func(), error) {
					asked++
					return admin, func() {}, c.away
				}
				began := time.Now()
				err := leave(t.Context(), client, connect, "n", topology.Pool{Name: "c", FirstID: 1000, Replicas: c.shall}, func(string) { said++ })
				assert.Equal(t, c.asked, asked > 0)
				if c.want == "" {
					require.NoError(t, err)
					return
				}
				require.ErrorContains(t, err, c.want)
				assert.ErrorContains(t, err, "nothing of c was changed")
				assert.LessOrEqual(t, time.Since(began), hearing+again)
				assert.Positive(t, said)
			})
		})
	}
	client := fake.NewClientset()
	require.NoError(t, leave(t.Context(), client, nil, "n", topology.Pool{Name: "c"}, nil), "there is none yet")
}
