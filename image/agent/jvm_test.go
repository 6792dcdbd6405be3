package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Only who asks for JSON gets another pattern; one of the stack's own (jvmOptions) comes behind it, and so counts.
func TestFlagsOfLogs(t *testing.T) {
	pattern := func(flag string) bool { return strings.HasPrefix(flag, "-Dkafka.log.pattern={") }
	if flags := nodeFlags(imagePaths(), settings.Settings{}); slices.ContainsFunc(flags, pattern) {
		t.Errorf("text: %q", flags)
	}
	flags := nodeFlags(imagePaths(), settings.Settings{JSONLogs: true, JVM: []string{"-Dkafka.log.pattern=own"}})
	if at := slices.IndexFunc(flags, pattern); at < 0 || slices.Index(flags, "-Dkafka.log.pattern=own") < at || slices.Index(flags, "launcher.Node") < at {
		t.Errorf("JSON: %q", flags)
	}
}
