package main

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// roleAnswer is the body of /v1.0/getrole: KubeBlocks' fields first, then what else a reader may want to know.
type roleAnswer struct {
	Event        string   `json:"event"` // Success or Failed
	Operation    string   `json:"operation"`
	Role         string   `json:"role"` // leader, follower, observer, broker; empty when not known
	NodeID       int      `json:"nodeId"`
	ProcessRoles []string `json:"processRoles"`
	LeaderID     int      `json:"leaderId"`
	LeaderEpoch  int      `json:"leaderEpoch"`
}

// handler answers on the agent's port about the node's start that is under way: the probes always from memory, other
// agents' questions also from what a controller's directories show.
func handler(now *atomic.Pointer[runner]) http.Handler {
	mux := http.NewServeMux()
	probe := func(path string, judge func(probes.Observation) probes.Verdict) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			v := judge(now.Load().state.Read())
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			if !v.OK {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			_, _ = fmt.Fprintln(w, v.Why)
		})
	}
	probe(contract.PathStartup, probes.Observation.Startup)
	probe(contract.PathLiveness, probes.Observation.Liveness)
	probe(contract.PathReadiness, probes.Observation.Readiness)
	mux.HandleFunc("GET "+contract.PathRole, func(w http.ResponseWriter, _ *http.Request) {
		answer, code := answerRole(now.Load().state.Read()), http.StatusOK
		if answer.Role == "" {
			code = http.StatusServiceUnavailable
		}
		writeJSON(w, code, answer)
	})
	mux.Handle("GET "+contract.PathState, stateHandler(now))
	return mux
}

// nodesHandler answers on the port that other nodes alone reach, over TLS: what they decide by is nobody else's to say.
func nodesHandler(now *atomic.Pointer[runner]) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+contract.PathState, stateHandler(now))
	return mux
}

func stateHandler(now *atomic.Pointer[runner]) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		r := now.Load()
		o := r.state.Read()
		var history contract.History
		if o.HasControl {
			var err error
			if history, err = r.past.History(); err != nil { // no answer is the safe one
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
		writeJSON(w, http.StatusOK, o.State(history))
	})
}

func answerRole(o probes.Observation) roleAnswer {
	a := roleAnswer{Event: "Success", Operation: "getRole", Role: o.Role(), NodeID: o.NodeID, LeaderID: o.Control.LeaderID, LeaderEpoch: o.Control.LeaderEpoch}
	if a.Role == "" {
		a.Event = "Failed"
	}
	if o.HasBroker {
		a.ProcessRoles = append(a.ProcessRoles, "broker")
	}
	if o.HasControl {
		a.ProcessRoles = append(a.ProcessRoles, "controller")
	}
	return a
}

func writeJSON(w http.ResponseWriter, code int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(body)
}

// serve opens the agent's ports, so that a taken one is an error at once, and answers from then on. The one with TLS is
// there if the node has a certificate, and shows the one that its Kafka runs with. The other one stays as it is beside it:
// the kubelet has no certificate, and neither has the API server, through which a rollout asks for the state.
func serve(now *atomic.Pointer[runner]) error {
	if err := open(contract.Port, nil, handler(now)); err != nil || now.Load().node.Identity == nil {
		return err
	}
	return open(contract.TLSPort, identities(now), nodesHandler(now))
}

// identities is TLS with the certificate of the start that is under way.
func identities(now *atomic.Pointer[runner]) *tls.Config {
	return &tls.Config{
		MinVersion:         tls.VersionTLS12,
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) { return now.Load().node.Identity.Server(), nil },
	}
}

// open answers at a port; in plain text where security is nil.
func open(port int, security *tls.Config, h http.Handler) error {
	listener, err := net.Listen("tcp", net.JoinHostPort("", strconv.Itoa(port)))
	if err != nil {
		return fmt.Errorf("cannot open the agent's port: %w", err)
	}
	if security != nil {
		listener = tls.NewListener(listener, security)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: time.Minute}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			say.Error("the agent's port %d failed: %v", port, err)
		}
	}()
	return nil
}
