package say

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// Say writes a line in the form of Kafka's own log, so that one reader suits both.
func Say(level, format string, args ...any) {
	fmt.Fprintf(os.Stderr, "[%s] %s %s (kafka-agent)\n",
		time.Now().Format("2006-01-02 15:04:05,000"), level, fmt.Sprintf(format, args...))
}

// Numbers writes them as a person would: 3, 4.
func Numbers(all []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(all), " ", ", "), "[]")
}
