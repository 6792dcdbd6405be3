package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/kafka-kraft/kafka-kraft/automation"
)

// service serves pull requests, several at once.
type service struct {
	work               context.Context // ends with the service, not with a request
	context, namespace string
	image, registry    string
}

// answer is what a pull request's job gets.
type answer struct {
	BootstrapServers string `json:"bootstrapServers,omitempty"`
	Error            string `json:"error,omitempty"`
}

func (s *service) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /pull-requests/{number}", s.on(s.up))
	mux.HandleFunc("GET /pull-requests/{number}", s.on(s.look))
	mux.HandleFunc("DELETE /pull-requests/{number}", s.on(s.remove))
	return mux
}

func (s *service) up(ctx context.Context, name string) (answer, error) {
	stack, err := s.open(ctx, name, true)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = stack.Close() }()
	result, err := stack.Up(ctx)
	return answer{BootstrapServers: result.Outputs.BootstrapServers}, err
}

func (s *service) look(ctx context.Context, name string) (answer, error) {
	stack, err := s.open(ctx, name, false)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = stack.Close() }()
	outputs, err := stack.Outputs(ctx)
	return answer{BootstrapServers: outputs.BootstrapServers}, err
}

func (s *service) remove(ctx context.Context, name string) (answer, error) {
	stack, err := s.open(ctx, name, false)
	if errors.Is(err, automation.ErrNotFound) {
		return answer{}, nil // gone already
	}
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = stack.Close() }()
	if _, err := stack.Destroy(ctx); err != nil {
		return answer{}, err
	}
	return answer{}, stack.Remove(ctx)
}

// open opens a pull request's stack. With a configuration it is made if need be,
// without one it has that of its last up.
func (s *service) open(ctx context.Context, name string, configured bool) (*automation.Stack, error) {
	options := automation.Options{
		Events: automation.View(os.Stderr),
		// Two pushes in a row: the second waits for the first.
		LockWait: 10 * time.Minute,
	}
	if configured {
		options.Config = s.configuration(name)
	}
	return automation.Open(ctx, name, options)
}

// on turns a job into an answer to a request.
func (s *service) on(job func(context.Context, string) (answer, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, err := strconv.ParseUint(r.PathValue("number"), 10, 32)
		if err != nil {
			reply(w, http.StatusBadRequest, answer{Error: "the number of a pull request is wanted"})
			return
		}
		said, err := job(s.work, "pr-"+strconv.FormatUint(number, 10))
		switch {
		case err == nil:
			reply(w, http.StatusOK, said)
		case errors.Is(err, automation.ErrNotFound):
			reply(w, http.StatusNotFound, answer{Error: err.Error()})
		case errors.Is(err, automation.ErrLocked):
			reply(w, http.StatusConflict, answer{Error: err.Error()})
		case errors.Is(err, automation.ErrConfig):
			reply(w, http.StatusUnprocessableEntity, answer{Error: err.Error()})
		default:
			reply(w, http.StatusInternalServerError, answer{Error: err.Error()})
		}
	}
}

func reply(w http.ResponseWriter, status int, said answer) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(said) // whoever asked may have gone
}
