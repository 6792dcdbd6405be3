package main

import (
	"fmt"
	"slices"
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

func TestTail(t *testing.T) {
	numbered := func(prefix string, from, to int) (lines []string) {
		for i := from; i <= to; i++ {
			lines = append(lines, fmt.Sprintf("%s%d", prefix, i))
		}
		return lines
	}
	tests := map[string]struct{ output, want []string }{
		"nothing": {nil, nil},
		"short":   {[]string{"a", "b"}, []string{"a", "b"}},
		"the last step": {
			[]string{"Step 1/2 : FROM x", "fine", "Step 2/2 : RUN y", "bad"},
			[]string{"Step 2/2 : RUN y", "bad"},
		},
		"a long step": {
			append([]string{"Step 1/1 : RUN y"}, numbered("out ", 1, 100)...),
			append([]string{"Step 1/1 : RUN y", "…"}, numbered("out ", 81, 100)...),
		},
		"nothing is cut to be replaced by a mark": {
			append([]string{"Step 1/1 : RUN y"}, numbered("out ", 1, 20)...),
			append([]string{"Step 1/1 : RUN y"}, numbered("out ", 1, 20)...),
		},
		"BuildKit, steps at one time": {
			[]string{
				"#6 [b 1/1] RUN z", "#5 [a 1/1] RUN y", "#5 sha256:" + strings.Repeat("0", 64), "#6 0.1 other", "#5 0.1 bad",
				"#6 0.2 other", "#5 ERROR: exit code: 1", "------", " > [a 1/1] RUN y:",
			},
			[]string{"#5 [a 1/1] RUN y", "#5 0.1 bad", "#5 ERROR: exit code: 1", "------", " > [a 1/1] RUN y:"},
		},
		"no step at all": {numbered("x", 1, 30), append([]string{"x1", "…"}, numbered("x", 11, 30)...)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var last tail
			for _, line := range test.output {
				last.add(line)
			}
			if got, want := last.String(), strings.Join(test.want, "\n"); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

func TestTailForgets(t *testing.T) {
	var last tail
	for i := range 10 * tailKept {
		last.add(fmt.Sprint(i))
	}
	if len(last.lines) != tailKept {
		t.Errorf("keeps %d lines", len(last.lines))
	}
}
