package main

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
)

// reachable says how a peer's agent was found.
type reachable int

const (
	answers reachable = iota
	silent            // the name resolves, nobody answers: down, or cut off
	gone              // the name does not resolve: the pod does not exist
)

var peerClient = &http.Client{Timeout: 2 * time.Second}

// ask gets another agent's report. The error is short enough for one line.
func ask(ctx context.Context, host string) (report, reachable, error) {
	url := "http://" + net.JoinHostPort(host, strconv.Itoa(contract.Port)) + contract.PathState
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return report{}, silent, fmt.Errorf("bad host: %w", err)
	}
	response, err := peerClient.Do(request)
	if err != nil {
		var name *net.DNSError
		if errors.As(err, &name) {
			if name.IsNotFound {
				return report{}, gone, errors.New("no such host")
			}
			return report{}, silent, errors.New("no answer from DNS")
		}
		var op *net.OpError
		if errors.As(err, &op) {
			return report{}, silent, op.Err
		}
		return report{}, silent, errors.New("no answer")
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return report{}, silent, fmt.Errorf("it answered %s", response.Status)
	}
	var r report
	if err := json.NewDecoder(io.LimitReader(response.Body, 1<<16)).Decode(&r); err != nil {
		return report{}, silent, fmt.Errorf("unreadable answer: %w", err)
	}
	return r, answers, nil
}

// askInitials asks every initial controller but self, all at the same time.
func askInitials(ctx context.Context, self int, initials []voter) []peer {
	var peers []peer
	for _, v := range initials {
		if v.id != self {
			peers = append(peers, peer{voter: v})
		}
	}
	var group sync.WaitGroup
	for i := range peers {
		group.Add(1)
		go func() {
			defer group.Done()
			r, _, err := ask(ctx, peers[i].voter.host)
			if err != nil {
				peers[i].why = err.Error()
				return
			}
			peers[i].answered, peers[i].report = true, r
		}()
	}
	group.Wait()
	return peers
}
