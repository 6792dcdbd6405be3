package main

import (
	"context"
	"sync"
	"time"
)

// presence is what is known of another node while this one stops.
type presence int

const (
	present  presence = iota // its agent answers, or it is only out of reach: it may come back
	stopping                 // its agent said that it is stopping too
	absent                   // its pod does not exist
)

// neighbours are other nodes by host, as their agents were last heard.
type neighbours map[string]presence

// ask asks the agents at these hosts, all at the same time, and takes 2 s at most. Once one has said that it is
// stopping, its silence means that it has stopped.
func (n neighbours) ask(hosts []string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var (
		mu    sync.Mutex
		group sync.WaitGroup
	)
	for _, host := range hosts {
		if host == "" {
			continue
		}
		group.Add(1)
		go func() {
			defer group.Done()
			r, reach, _ := ask(ctx, host)
			mu.Lock()
			defer mu.Unlock()
			n[host] = n[host].then(reach, r.Stopping)
		}()
	}
	group.Wait()
}

// then is what is known after another question.
func (p presence) then(reach reachable, saysStopping bool) presence {
	switch {
	case reach == answers && saysStopping:
		return stopping
	case reach == answers:
		return present
	case reach == gone:
		return absent
	case p == stopping:
		return stopping
	}
	return present
}
