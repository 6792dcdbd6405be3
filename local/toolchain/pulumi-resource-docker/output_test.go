package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	var got []string
	l := &lines{each: func(line string) { got = append(got, line) }}
	for _, part := range []string{"a", "b\nc\r", "\n\n  d  \n", "\x1b[91mred\x1b[0m\n", "half"} {
		if n, err := l.Write([]byte(part)); n != len(part) || err != nil {
			t.Fatalf("Write(%q) = %d, %v", part, n, err)
		}
	}
	l.flush()
	if want := []string{"ab", "c", "  d", "red", "half"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What failed is known by its last lines, in their order.
func TestTail(t *testing.T) {
	var last tail
	if last.String() != "" {
		t.Errorf("of nothing: %q", last.String())
	}
	for i := range 100 {
		last.add(strconv.Itoa(i))
	}
	text := last.String()
	if lines := strings.Split(text, "\n"); len(lines) != tailLength || lines[0] != "60" || lines[tailLength-1] != "99" {
		t.Errorf("got %q", text)
	}
}
