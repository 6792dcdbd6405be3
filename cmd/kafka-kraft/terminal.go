package main

import (
	"io"
	"os"

	"golang.org/x/term"
)

// What terminals understand (ECMA-48).
const (
	clearScreen = "\x1b[H\x1b[2J"
	red         = "\x1b[31m"
	green       = "\x1b[32m"
	plain       = "\x1b[0m"
)

// terminal reports whether somebody sees what is written.
func terminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

// colored reports whether colors are wanted: on a terminal that has any, unless NO_COLOR is set
// (https://no-color.org).
func colored(out io.Writer) bool {
	return terminal(out) && wantsColor(os.Getenv("NO_COLOR"), os.Getenv("TERM"))
}

func wantsColor(noColor, kind string) bool { return noColor == "" && kind != "dumb" }
