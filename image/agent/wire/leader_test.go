package wire

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

// A controller that came later leads, and no configuration names it. It is looked for only when none of those that are
// named leads, and asked at once from then on.
func TestLeaderThatCameLater(t *testing.T) {
	answer := []byte(sample.Bytes(t, sample.QuorumAnswer))
	follower := func() string { return sample.Serve(t, followers()) } // which speaks to one client at a time
	gone, looked := nobody(t), 0
	later := []string{gone, follower(), sample.Serve(t, answer)}
	c := NewLeader(follower(), []string{follower(), gone}, nil, time.Second, func() []string { looked++; return later })
	defer c.Close()
	for range 3 {
		q, local, err := c.Describe()
		if err != nil || q.LeaderID != 1 || !errors.Is(local, ErrNotLeader) {
			t.Fatalf("%+v, %v, %v", q, local, err)
		}
	}
	if looked != 1 {
		t.Errorf("it was looked for %d times", looked)
	}

	named := NewLeader("", []string{gone, sample.Serve(t, answer)}, nil, time.Second, func() []string { t.Error("looked for"); return nil })
	defer named.Close()
	if _, _, err := named.Describe(); err != nil {
		t.Error(err)
	}

	// Who led is left when it does not lead any more.
	where := []string{sample.Serve(t, answer, followers())}
	moves := NewLeader("", []string{follower()}, nil, time.Second, func() []string { return where })
	defer moves.Close()
	if _, _, err := moves.Describe(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := moves.Describe(); !errors.Is(err, ErrNotLeader) {
		t.Errorf("nobody leads: %v", err)
	}
	where = append(where, sample.Serve(t, answer))
	if _, _, err := moves.Describe(); err != nil || moves.leading.Address != where[1] {
		t.Errorf("the new one: %v, %+v", err, moves.leading)
	}

	none := NewLeader("", []string{follower()}, nil, time.Second, nil)
	defer none.Close()
	if _, _, err := none.Describe(); !errors.Is(err, ErrNotLeader) {
		t.Errorf("without anybody else: %v", err)
	}
}

// nobody is an address at which nobody listens.
func nobody(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = free.Close()
	return free.Addr().String()
}
