package peers

import (
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// answers stands for the network: what each host says, or why it says nothing.
type answers map[string]any

func (a answers) RoundTrip(request *http.Request) (*http.Response, error) {
	switch said := a[request.URL.Hostname()].(type) {
	case error:
		return nil, said
	case string:
		return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(said)), Request: request}, nil
	}
	return &http.Response{Status: "500 Internal Server Error", StatusCode: http.StatusInternalServerError, Body: http.NoBody, Request: request}, nil
}

func TestAsk(t *testing.T) {
	before := http.DefaultTransport
	http.DefaultTransport = answers{
		"a": `{"nodeId":7,"leaderId":2}`, "b": "nonsense",
		"d": &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED},
		"e": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}},
		"f": &net.OpError{Op: "dial", Err: &net.DNSError{Err: "server misbehaving"}},
		"g": errors.New("a timeout"),
	}
	t.Cleanup(func() { http.DefaultTransport = before })
	for host, test := range map[string]struct {
		reach Reach
		why   string
	}{
		"a":   {Answers, ""},
		"b":   {Silent, "unreadable answer"},
		"c":   {Silent, "it answered 500"},
		"d":   {Silent, "connection refused"},
		"e":   {Gone, "no such host"},
		"f":   {Silent, "no answer from DNS"},
		"g":   {Silent, "no answer"},
		"a b": {Silent, "bad host"},
	} {
		state, reach, err := Network{}.Ask(t.Context(), host)
		if reach != test.reach || (err == nil) != (test.why == "") || err != nil && !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: %d, %v; want %d, %q", host, reach, err, test.reach, test.why)
		}
		if err == nil && (state.NodeID != 7 || state.LeaderID != 2) {
			t.Errorf("%s: %+v", host, state)
		}
	}
	asked := Network{}.AskInitials(t.Context(), 1, []contract.Voter{{ID: 0, Host: "a"}, {ID: 1, Host: "a"}, {ID: 2, Host: "e"}})
	if len(asked) != 2 || !asked[0].Answered || asked[0].State.NodeID != 7 || asked[1].Answered || asked[1].Why != "no such host" || asked[1].Voter.ID != 2 {
		t.Errorf("%+v", asked)
	}
}
