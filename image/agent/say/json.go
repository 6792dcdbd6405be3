package say

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// line is a line of the log as an object of JSON. Pattern writes the same fields in the same order.
type line struct {
	Time      string `json:"time"` // RFC 3339, to the millisecond
	Level     string `json:"level"`
	Logger    string `json:"logger"`
	Message   string `json:"message"`
	Exception string `json:"exception,omitempty"` // with its stack
}

const (
	textTime = "2006-01-02 15:04:05,000"
	jsonTime = "2006-01-02T15:04:05.000Z07:00"
)

// Pattern is log4j's for Kafka's own lines (https://logging.apache.org/log4j/2.x/manual/pattern-layout.html): one object of
// JSON in each, whatever a message or an exception has in it. The image's log4j2.properties reads it from the system
// property of this name. XXX in its time is the zone's offset, such as +01:00 (java.time.format.DateTimeFormatter).
const (
	PatternProperty = "kafka.log.pattern"
	Pattern         = `{"time":"%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX}","level":"%p","logger":"%enc{%c}{JSON}",` +
		`"message":"%enc{%m}{JSON}"%notEmpty{,"exception":"%enc{%ex}{JSON}"}}%n`
)

func (l line) json() string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false) // people read it
	_ = encoder.Encode(l)        // texts can always be written
	return strings.TrimSuffix(out.String(), "\n")
}

// Text is a line of JSON in the form of text; one that was cut off, as far as it goes. Any other line is left as it is.
func Text(of string) string {
	if !strings.HasPrefix(of, `{"time":"`) {
		return of
	}
	var l line
	whole := of
	for cut := 0; ; cut++ {
		if json.Unmarshal([]byte(whole), &l) == nil {
			break
		}
		if cut > longestEscape || cut > len(of) {
			return of
		}
		l, whole = line{}, of[:len(of)-cut]+`"}`
	}
	text := fmt.Sprintf("[%s] %s %s (%s)", l.Time, l.Level, l.Message, l.Logger)
	if stack := strings.TrimRight(l.Exception, "\n"); stack != "" {
		text += "\n" + stack
	}
	return text
}

// longestEscape is how many bytes of an escape a line may have been cut off in the middle of: \u001
const longestEscape = 5
