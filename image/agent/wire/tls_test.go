package wire

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

func identityOf(t *testing.T, a sample.Authority, host string, names ...string) *identity.Identity {
	t.Helper()
	id, err := identity.Read(a.Mount(nil, append(names, "localhost")...), host, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// The listener on this host is dialed by its address, and other nodes by their names.
func TestTLS(t *testing.T) {
	const self, wildcard = "kafka-0.headless.ns.svc.cluster.local", "*.headless.ns.svc.cluster.local"
	authority := sample.NewAuthority(t)
	id := identityOf(t, authority, self, wildcard)
	body := []byte(sample.Bytes(t, sample.ClusterAnswer))
	byName := func(address string) string {
		_, port, _ := net.SplitHostPort(address)
		return net.JoinHostPort("localhost", port)
	}
	own := sample.ServeTLS(t, id.Server(), body)
	for name, test := range map[string]struct {
		address string
		failed  error
		why     string
	}{
		"by address":      {own, nil, ""},
		"by name":         {byName(own), nil, ""},
		"another stack's": {sample.ServeTLS(t, identityOf(t, authority, "", "*.other.ns.svc.cluster.local").Server(), body), ErrUntrusted, "not " + self},
		"a fraud":         {sample.ServeTLS(t, identityOf(t, sample.NewAuthority(t), self, wildcard).Server(), body), ErrUntrusted, "unknown authority"},
		"nobody":          {nobody(t), ErrNotListening, ""},
	} {
		c := Client{Address: test.address, TLS: id.Client(), Timeout: 5 * time.Second}
		for range 2 { // the second time over the same connection
			members, err := c.DescribeCluster()
			if !errors.Is(err, test.failed) || err != nil && !strings.Contains(err.Error(), test.why) {
				t.Errorf("%s: %v", name, err)
			}
			if test.failed == nil && len(members) != 3 {
				t.Errorf("%s: %v", name, members)
			}
		}
		c.Close()
	}

	stranger := Client{Address: own, TLS: identityOf(t, sample.NewAuthority(t), self, wildcard).Client()}
	stranger.TLS.RootCAs = id.Client().RootCAs
	if _, err := stranger.DescribeCluster(); !errors.Is(err, ErrUntrusted) {
		t.Errorf("a stranger's certificate: %v", err)
	}
}

// A port that speaks TLS to who does not is silent, and so is the other way round: neither is a lack of trust.
func TestTLSAgainstPlainText(t *testing.T) {
	id := identityOf(t, sample.NewAuthority(t), "", "localhost")
	plain := Client{Address: sample.Serve(t, []byte("x")), TLS: id.Client(), Timeout: 200 * time.Millisecond}
	if _, err := plain.DescribeCluster(); err == nil || errors.Is(err, ErrUntrusted) {
		t.Errorf("%v", err)
	}
}

// The leader is asked in TLS wherever it is: here, by the configuration, or found later.
func TestLeaderInTLS(t *testing.T) {
	id := identityOf(t, sample.NewAuthority(t), "", "localhost")
	leader := func() string { return sample.ServeTLS(t, id.Server(), []byte(sample.Bytes(t, sample.QuorumAnswer))) }
	follower := func() string { return sample.ServeTLS(t, id.Server(), followers()) }
	for name, test := range map[string]struct {
		local     string
		bootstrap []string
		further   func() []string
	}{
		"itself":     {leader(), nil, nil},
		"configured": {follower(), []string{leader()}, nil},
		"later":      {"", []string{follower()}, func() []string { return []string{leader()} }},
	} {
		c := NewLeader(test.local, test.bootstrap, id.Client(), 5*time.Second, test.further)
		if q, _, err := c.Describe(); err != nil || q.LeaderID != 1 {
			t.Errorf("%s: %+v, %v", name, q, err)
		}
		c.Close()
	}
}
