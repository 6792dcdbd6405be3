package peers

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

const (
	other    = "kafka-1.headless.ns.svc.cluster.local"
	wildcard = "*.headless.ns.svc.cluster.local"
)

func identityOf(t *testing.T, a sample.Authority, names ...string) *identity.Identity {
	t.Helper()
	id, err := identity.Read(a.Mount(nil, append(names, "localhost")...), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// agent answers at the port for nodes with this certificate.
func agent(t *testing.T, id *identity.Identity) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"nodeId":7}`))
	}))
	server.TLS = id.Server()
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// asking is the network of a node of which every host name leads to one address; "" to none.
func asking(id *identity.Identity, plaintext bool, address string) Network {
	w := New(settings.Node{Identity: id, Plaintext: plaintext})
	w.tls.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, asked string) (net.Conn, error) {
		if address == "" {
			return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
		}
		if _, port, _ := net.SplitHostPort(asked); port != "5002" {
			return nil, errors.New("another port")
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return w
}

func TestNodesAskEachOther(t *testing.T) {
	authority := sample.NewAuthority(t)
	mine, theirs := identityOf(t, authority, wildcard), identityOf(t, authority, wildcard)
	foreign := identityOf(t, sample.NewAuthority(t), wildcard)
	elsewhere := identityOf(t, authority, "*.other.ns.svc.cluster.local")
	at := agent(t, theirs)
	// It takes the others' certificates, but they do not take its own.
	intruder := sample.NewAuthority(t)
	dir := intruder.Mount(nil, wildcard, "localhost")
	sample.Put(t, filepath.Join(dir, "ca.crt"), intruder.PEM()+authority.PEM())
	fraud, err := identity.Read(dir, "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	before := http.DefaultTransport
	http.DefaultTransport = answers{other: `{"nodeId":8}`}
	t.Cleanup(func() { http.DefaultTransport = before })

	for name, test := range map[string]struct {
		id        *identity.Identity
		plaintext bool
		address   string
		node      int // that answers; 7 does in TLS, 8 in plain text, 0: none
		why       string
	}{
		"required":                             {mine, false, at, 7, ""},
		"offered":                              {mine, true, at, 7, ""},
		"offered, and the other has none yet":  {mine, true, "", 8, ""},
		"required, and the other has none":     {mine, false, "", 0, "connection refused"},
		"required, and the other is a fraud":   {mine, false, agent(t, foreign), 0, "its certificate is refused: x509: certificate signed by unknown authority"},
		"required, and it is of another stack": {mine, false, agent(t, elsewhere), 0, "its certificate is refused: x509: certificate is valid for *.other"},
		"required, and this one is the fraud":  {fraud, false, at, 0, ""},
	} {
		state, reach, err := asking(test.id, test.plaintext, test.address).Ask(t.Context(), other)
		if (reach == Answers) != (test.node != 0) || state.NodeID != test.node {
			t.Errorf("%s: %d, %+v, %v", name, reach, state, err)
		}
		if test.node == 0 && (err == nil || !strings.Contains(err.Error(), test.why)) {
			t.Errorf("%s: %v, want %q", name, err, test.why)
		}
	}
}

// A name that does not exist is not asked for twice: the pod does not exist in plain text either.
func TestGoneInBoth(t *testing.T) {
	w := New(settings.Node{Identity: identityOf(t, sample.NewAuthority(t), wildcard), Plaintext: true})
	w.tls.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", IsNotFound: true}}
	}
	if _, reach, err := w.Ask(t.Context(), other); reach != Gone {
		t.Errorf("%d, %v", reach, err)
	}
}
