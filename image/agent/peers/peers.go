// Package peers asks other agents.
package peers

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Reach says how a peer's agent was found.
type Reach int

// Outcomes of a question.
const (
	Answers Reach = iota // and says how its node is
	Silent               // the name resolves, nobody answers: down, or cut off
	Gone                 // the name does not resolve: the pod does not exist
)

// patience is how long an agent has to answer; where there are two ways to ask, each has half of it.
const patience = 2 * time.Second

// Network is how this agent asks others. The zero value asks in plain text.
type Network struct {
	tls  *http.Client // nil: this node has no certificate
	only bool         // what comes in plain text is not believed
}

// New asks as a node with this configuration may: in TLS where it has a certificate, and in plain text where it has none.
// As long as Kafka itself speaks plain text beside TLS, others may have no certificate yet, so both ways are tried.
func New(n settings.Node) Network {
	config := n.Identity.Client()
	if config == nil {
		return Network{}
	}
	config.ServerName = "" // each by its own name
	w := Network{tls: &http.Client{Timeout: patience, Transport: &http.Transport{TLSClientConfig: config}}, only: !n.Plaintext}
	if !w.only {
		w.tls.Timeout = patience / 2
	}
	return w
}

// Ask gets the state of the node at this host from its agent. The error is short enough for one line.
func (w Network) Ask(ctx context.Context, host string) (contract.State, Reach, error) {
	plain := &http.Client{Timeout: patience}
	if w.tls != nil {
		state, reach, err := ask(ctx, w.tls, "https", host, contract.TLSPort)
		if w.only || reach != Silent {
			return state, reach, err
		}
		plain.Timeout = patience / 2
	}
	return ask(ctx, plain, "http", host, contract.Port)
}

func ask(ctx context.Context, client *http.Client, scheme, host string, port int) (contract.State, Reach, error) {
	url := scheme + "://" + net.JoinHostPort(host, strconv.Itoa(port)) + contract.PathState
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return contract.State{}, Silent, fmt.Errorf("bad host: %w", err)
	}
	response, err := client.Do(request)
	if err != nil {
		reach, err := silence(err)
		return contract.State{}, reach, err
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return contract.State{}, Silent, fmt.Errorf("it answered %s", response.Status)
	}
	var r contract.State
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&r); err != nil {
		return contract.State{}, Silent, fmt.Errorf("unreadable answer: %w", err)
	}
	return r, Answers, nil
}

// silence is what it means that nobody answered, and the reason in few words.
func silence(err error) (Reach, error) {
	var name *net.DNSError
	if errors.As(err, &name) {
		if name.IsNotFound {
			return Gone, errors.New("no such host")
		}
		return Silent, errors.New("no answer from DNS")
	}
	var certificate *tls.CertificateVerificationError
	if errors.As(err, &certificate) {
		return Silent, fmt.Errorf("its certificate is refused: %w", certificate.Err)
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return Silent, op.Err
	}
	return Silent, errors.New("no answer")
}

// AskInitials asks every initial controller but self, all at the same time.
func (w Network) AskInitials(ctx context.Context, self int, initials []contract.Voter) []quorum.Peer {
	var peers []quorum.Peer
	for _, v := range initials {
		if v.ID != self {
			peers = append(peers, quorum.Peer{Voter: v})
		}
	}
	var group sync.WaitGroup
	for i := range peers {
		group.Add(1)
		go func() {
			defer group.Done()
			r, _, err := w.Ask(ctx, peers[i].Voter.Host)
			if err != nil {
				peers[i].Why = err.Error()
				return
			}
			peers[i].Answered, peers[i].State = true, r
		}()
	}
	group.Wait()
	return peers
}
