package automation

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// View shows progress to a person: how many resources are done, what is being waited
// for, and since when. On a terminal, one line that is written over; elsewhere a line
// for every change, resource or news. Use it as Options.Events; one view may serve
// several stacks.
func View(out io.Writer) func(Event) {
	v := &view{out: out, stacks: map[string]*progress{}}
	if file, ok := out.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		v.terminal = file
	}
	return v.event
}

// view is what all stacks that are shown in one place share.
type view struct {
	mu       sync.Mutex
	out      io.Writer
	terminal *os.File // nil: plain lines
	stacks   map[string]*progress
}

// progress is how far one stack's operation is.
type progress struct {
	begin   time.Time
	doing   string
	started map[string]bool // resources, by URN
	done    map[string]bool
	waiting map[string]string // what resources wait for, by name
	newest  string            // what to show of them
}

func (v *view) event(e Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	p := v.stacks[e.Stack]
	if p == nil || e.Kind == Began {
		p = &progress{begin: e.Time, doing: e.Doing, started: map[string]bool{}, done: map[string]bool{}, waiting: map[string]string{}}
		v.stacks[e.Stack] = p
	}
	p.doing = e.Doing
	line := p.take(e)
	if v.terminal == nil {
		// What a preview would do is in its plan, and Up does it a moment later.
		preview := e.Doing == "preview" && (e.Kind == Started || e.Kind == Finished || e.Kind == Waiting)
		if line != "" && !preview {
			fmt.Fprintf(v.out, "[%5s] %s: %s: %s\n", e.Time.Sub(p.begin).Round(time.Second), e.Stack, e.Doing, line)
		}
		return
	}
	const clear = "\r\x1b[K"
	if e.Kind == Problem || e.Kind == Note || e.Kind == Ended {
		fmt.Fprintf(v.out, "%s%s: %s: %s\n", clear, e.Stack, e.Doing, line)
	}
	if e.Kind != Ended {
		fmt.Fprint(v.out, clear+cut(p.line(e), v.terminal))
	}
}

// take notes an event and returns what a line of its own says about it, if it is news.
func (p *progress) take(e Event) string {
	what := kindOf(e.Type) + " " + e.Name
	switch e.Kind {
	case Began:
		return "begins"
	case Started:
		p.started[e.URN] = true
		if quiet(e.Op) {
			return ""
		}
		p.newest = what
		return e.Op + " " + what
	case Finished:
		p.done[e.URN] = true
		delete(p.waiting, e.Name)
		if quiet(e.Op) {
			return ""
		}
		return fmt.Sprintf("%s %s done (%d/%d)", e.Op, what, len(p.done), len(p.started))
	case Failed:
		p.done[e.URN] = true
		return e.Op + " " + what + " failed"
	case Waiting:
		if e.Name == "" {
			return first(e.Message)
		}
		p.newest = what
		if p.waiting[e.Name] == e.Message {
			return ""
		}
		p.waiting[e.Name] = e.Message
		return what + ": " + first(e.Message)
	case Note, Problem:
		if e.Name != "" {
			return what + ": " + e.Message
		}
		return e.Message
	case Ended:
		return e.Message
	}
	return ""
}

// line is the one line on a terminal.
func (p *progress) line(e Event) string {
	text := fmt.Sprintf("%s: %s [%d/%d] %s", e.Stack, p.doing, len(p.done), len(p.started), e.Time.Sub(p.begin).Round(time.Second))
	if p.newest != "" {
		text += " · " + p.newest
		if reason := p.waiting[p.newest[strings.LastIndexByte(p.newest, ' ')+1:]]; reason != "" {
			text += ": " + first(reason)
		}
	}
	return text
}

// quiet operations change nothing.
func quiet(op string) bool { return op == "same" || op == "read" || op == "refresh" }

// kindOf is the last word of a type: StatefulSet of kubernetes:apps/v1:StatefulSet.
func kindOf(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }

func first(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}

// cut keeps a line from wrapping, which could not be written over.
func cut(text string, terminal *os.File) string {
	width, _, err := term.GetSize(int(terminal.Fd()))
	if err != nil || width < 1 {
		width = 80
	}
	if runes := []rune(text); len(runes) >= width {
		return string(runes[:width-1])
	}
	return text
}
