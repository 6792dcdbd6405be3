package config

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a configuration.
type Problem struct {
	Key   string // path below the namespace, such as storage.size
	Value string // what was found, "" if nothing
	Want  string // what is allowed and, where it helps, what to do
}

func (p Problem) String() string {
	if p.Value == "" {
		return fmt.Sprintf("%s:%s: %s", Namespace, p.Key, p.Want)
	}
	return fmt.Sprintf("%s:%s: %s: %s", Namespace, p.Key, p.Value, p.Want)
}

// Problems is everything wrong with a configuration, in the order of its keys. It
// is an error, so that one look at one message is enough to put all of it right.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = "  " + problem.String()
	}
	noun := "problems"
	if len(p) == 1 {
		noun = "problem"
	}
	return fmt.Sprintf("the configuration has %d %s; nothing was changed:\n%s", len(p), noun, strings.Join(lines, "\n"))
}

// Err is nil without problems; a nil Problems in an error would not be nil.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	return p
}

func (p *Problems) add(key, value, want string, args ...any) {
	const longest = 80 // characters of a value that are worth repeating
	value = strings.ToValidUTF8(value, "�")
	if runes := []rune(value); len(runes) > longest {
		value = string(runes[:longest]) + "…"
	}
	if value != "" {
		value = fmt.Sprintf("%q", value)
	}
	*p = append(*p, Problem{Key: key, Value: value, Want: fmt.Sprintf(want, args...)})
}
