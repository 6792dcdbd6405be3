// Package engine reads what Pulumi's engine writes into its events and its state: the
// names of resources, and messages with marks for colors.
package engine

import (
	"regexp"

	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/urn"
)

// Name is what the program called the resource of a URN. A text that is no URN is its own
// name.
func Name(text string) string {
	u, err := urn.Parse(text)
	if err != nil {
		return text
	}
	return u.Name()
}

// Type is the type of a URN, without its parents' types; empty if the text is no URN.
func Type(text string) string {
	u, err := urn.Parse(text)
	if err != nil {
		return ""
	}
	return string(u.Type())
}

// Owner are the stack and the project of a URN; empty if the text is no URN.
func Owner(text string) (stack, project string) {
	u, err := urn.Parse(text)
	if err != nil {
		return "", ""
	}
	return string(u.Stack()), string(u.Project())
}

// terminal matches a terminal's codes for colors, which providers may write.
var terminal = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Plain is a message without colors, be they Pulumi's own marks, such as <{%fg 1%}>, or a
// terminal's codes.
func Plain(message string) string {
	return terminal.ReplaceAllString(colors.Never.Colorize(message), "")
}
