package main

import (
	"strings"
	"testing"
)

func TestFormatArgs(t *testing.T) {
	initials := []voter{{0, "a", 9093, "AAECAwQFBgcICQoLDA0OAA"}, {1, "b", 9093, "AAECAwQFBgcICQoLDA0OAQ"}}
	common := "kafka.tools.StorageTool format --config /p --cluster-id=-abc"
	for name, test := range map[string]struct {
		controller, partly bool
		next               step
		want               string
	}{
		"initial controller":         {true, false, form, common + " --initial-controllers 0@a:9093:AAECAwQFBgcICQoLDA0OAA,1@b:9093:AAECAwQFBgcICQoLDA0OAQ"},
		"joining controller":         {true, false, join, common + " --no-initial-controllers"},
		"controller with a new disk": {true, true, start, common + " --no-initial-controllers --ignore-formatted"},
		"broker":                     {false, false, start, common},
		"broker with a new disk":     {false, true, start, common + " --ignore-formatted"},
	} {
		if got := strings.Join(formatArgs("/p", "-abc", test.controller, test.next, initials, test.partly), " "); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}
