// Package say writes the agent's lines into the container's log.
package say

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Info writes what is going on.
func Info(format string, args ...any) { write("INFO", format, args) }

// Warn writes what somebody may have to do something about.
func Warn(format string, args ...any) { write("WARN", format, args) }

// Error writes what has failed.
func Error(format string, args ...any) { write("ERROR", format, args) }

// write has the form of Kafka's own log, so that one reader suits both.
func write(level, format string, args []any) {
	fmt.Fprintf(os.Stderr, "[%s] %s %s (kafka-agent)\n",
		time.Now().Format("2006-01-02 15:04:05,000"), level, fmt.Sprintf(format, args...))
}

// Numbers writes them as a person would: 3, 4.
func Numbers(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}
