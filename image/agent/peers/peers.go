// Package peers asks other agents.
package peers

import (
	"context"
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
)

// Reach says how a peer's agent was found.
type Reach int

// Outcomes of a question.
const (
	Answers Reach = iota // and says how its node is
	Silent               // the name resolves, nobody answers: down, or cut off
	Gone                 // the name does not resolve: the pod does not exist
)

var peerClient = &http.Client{Timeout: 2 * time.Second}

// Ask gets the state of the node at this host from its agent. The error is short enough for one line.
func Ask(ctx context.Context, host string) (contract.State, Reach, error) {
	url := "http://" + net.JoinHostPort(host, strconv.Itoa(contract.Port)) + contract.PathState
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return contract.State{}, Silent, fmt.Errorf("bad host: %w", err)
	}
	response, err := peerClient.Do(request)
	if err != nil {
		var name *net.DNSError
		if errors.As(err, &name) {
			if name.IsNotFound {
				return contract.State{}, Gone, errors.New("no such host")
			}
			return contract.State{}, Silent, errors.New("no answer from DNS")
		}
		var op *net.OpError
		if errors.As(err, &op) {
			return contract.State{}, Silent, op.Err
		}
		return contract.State{}, Silent, errors.New("no answer")
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

// AskInitials asks every initial controller but self, all at the same time.
func AskInitials(ctx context.Context, self int, initials []contract.Voter) []quorum.Peer {
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
			r, _, err := Ask(ctx, peers[i].Voter.Host)
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
