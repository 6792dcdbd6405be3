// Package say writes the agent's lines into the container's log, in the form of Kafka's own, so that one reader suits both.
package say

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"
)

// Info writes what is going on.
func Info(format string, args ...any) { write(os.Stderr, "INFO", fmt.Sprintf(format, args...)) }

// Warn writes what somebody may have to do something about.
func Warn(format string, args ...any) { write(os.Stderr, "WARN", fmt.Sprintf(format, args...)) }

// Error writes what has failed.
func Error(format string, args ...any) { write(os.Stderr, "ERROR", fmt.Sprintf(format, args...)) }

// Refuse writes why there will be no start. As text it has no time, since a person reads it who is there.
func Refuse(line string) {
	if inJSON.Load() {
		write(os.Stderr, "ERROR", line)
		return
	}
	fmt.Fprintln(os.Stderr, logger+":", line)
}

const logger = "kafka-agent"

// inJSON is the form of all lines from now on.
var inJSON atomic.Bool

// InJSON makes every line that follows an object of JSON.
func InJSON() { inJSON.Store(true) }

func write(to io.Writer, level, message string) {
	now := time.Now()
	if inJSON.Load() {
		fmt.Fprintln(to, line{Time: now.Format(jsonTime), Level: level, Logger: logger, Message: message}.json())
		return
	}
	fmt.Fprintf(to, "[%s] %s %s (%s)\n", now.Format(textTime), level, message, logger)
}

// Numbers writes them as a person would: 3, 4.
func Numbers(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}
