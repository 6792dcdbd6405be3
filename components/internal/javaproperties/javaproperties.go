// Package javaproperties writes values as Java's properties files want them. It is pure.
package javaproperties

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Escaped is a value as such a file has it: a backslash begins an escape, the end of a line is one,
// and since Kafka reads the files as ISO 8859-1 (Properties.load(InputStream)), whatever is not
// ASCII is written as UTF-16 units.
func Escaped(value string) string {
	var text strings.Builder
	for _, r := range value {
		switch {
		case r == '\n':
			text.WriteString(`\n`)
		case r == '\\':
			text.WriteString(`\\`)
		case r < 0x80:
			text.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&text, `\u%04X`, unit)
			}
		}
	}
	return text.String()
}
