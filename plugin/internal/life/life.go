// Package life is for tests: the life of one resource, as the engine leads it.
package life

import (
	"errors"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/require"
)

// Stack is what the engine does with one resource.
type Stack[I, O any] struct {
	T *testing.T
	R interface {
		infer.CustomResource[I, O]
		infer.CustomDiff[I, O]
		infer.CustomUpdate[I, O]
		infer.CustomRead[I, O]
		infer.CustomDelete[O]
	}
	ID     string // "": not there
	State  O
	Inputs I // of the last up
}

// Preview is what it would do: create, update, replace or same.
func (s *Stack[I, O]) Preview(ins I) (string, error) {
	s.T.Helper()
	if s.ID == "" {
		_, err := s.R.Create(s.T.Context(), infer.CreateRequest[I]{Inputs: ins, DryRun: true})
		return "create", err
	}
	diff, err := s.R.Diff(s.T.Context(), infer.DiffRequest[I, O]{ID: s.ID, State: s.State, Inputs: ins})
	if err != nil || !diff.HasChanges {
		return "same", err
	}
	for _, property := range diff.DetailedDiff {
		if strings.HasSuffix(string(property.Kind), "replace") {
			return "replace", nil
		}
	}
	_, err = s.R.Update(s.T.Context(), infer.UpdateRequest[I, O]{ID: s.ID, State: s.State, Inputs: ins, DryRun: true})
	return "update", err
}

// Up does it, after the preview has said that it would.
func (s *Stack[I, O]) Up(ins I) (did string) {
	s.T.Helper()
	did, err := s.Preview(ins)
	require.NoError(s.T, err)
	require.NoError(s.T, s.Try(ins))
	again, err := s.Preview(ins)
	require.NoError(s.T, err)
	require.Equal(s.T, "same", again, "a second up changes nothing")
	return did
}

// Try does it, whatever the preview says.
func (s *Stack[I, O]) Try(ins I) error {
	s.T.Helper()
	if s.ID == "" {
		made, err := s.R.Create(s.T.Context(), infer.CreateRequest[I]{Inputs: ins})
		if err == nil || begun(err) {
			s.ID, s.State, s.Inputs = made.ID, made.Output, ins
		}
		return err
	}
	diff, err := s.R.Diff(s.T.Context(), infer.DiffRequest[I, O]{ID: s.ID, State: s.State, Inputs: ins})
	if err != nil || !diff.HasChanges {
		s.Inputs = ins
		return err
	}
	made, err := s.R.Update(s.T.Context(), infer.UpdateRequest[I, O]{ID: s.ID, State: s.State, Inputs: ins})
	if err == nil || begun(err) {
		s.State, s.Inputs = made.Output, ins
	}
	return err
}

// begun reports whether the engine keeps what a failure has left.
func begun(err error) bool {
	var failed infer.ResourceInitFailedError
	return errors.As(err, &failed)
}

// Refresh takes what Read finds.
func (s *Stack[I, O]) Refresh() {
	s.T.Helper()
	found, err := s.R.Read(s.T.Context(), infer.ReadRequest[I, O]{ID: s.ID, Inputs: s.Inputs, State: s.State})
	require.NoError(s.T, err)
	s.ID, s.Inputs, s.State = found.ID, found.Inputs, found.State
}

// Destroy deletes it.
func (s *Stack[I, O]) Destroy() error {
	s.T.Helper()
	_, err := s.R.Delete(s.T.Context(), infer.DeleteRequest[O]{ID: s.ID, State: s.State})
	if err == nil {
		s.ID = ""
	}
	return err
}
