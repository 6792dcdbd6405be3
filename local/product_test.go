package main

import (
	"context"
	"errors"
	"os/exec"
	"testing"
)

// What a program has told the person itself is not told again; its exit code is handed on.
func TestShow(t *testing.T) {
	a := testApp(t)
	run := func(ctx context.Context, code string) error {
		return a.show(ctx, exec.Command("sh", "-c", "exit "+code))
	}
	ended, end := context.WithCancel(t.Context())
	end()
	for code, want := range map[string]error{"0": nil, "2": said(2), "130": said(stopped)} {
		if err := run(t.Context(), code); !errors.Is(err, want) {
			t.Errorf("exit code %s: %v", code, err)
		}
	}
	for code, want := range map[string]error{"0": context.Canceled, "1": context.Canceled, "130": said(stopped)} {
		if err := run(ended, code); !errors.Is(err, want) {
			t.Errorf("stopped, exit code %s: %v", code, err)
		}
	}
}
