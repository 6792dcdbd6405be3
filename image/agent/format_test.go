package main

import (
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
)

func TestFormatArgs(t *testing.T) {
	initials := []contract.Voter{{ID: 0, Host: "a", Port: 9093, DirectoryID: "AAECAwQFBgcICQoLDA0OAA"}, {ID: 1, Host: "b", Port: 9093, DirectoryID: "AAECAwQFBgcICQoLDA0OAQ"}}
	common := "kafka.tools.StorageTool format --config /p --cluster-id=-abc"
	for name, test := range map[string]struct {
		controller, partly bool
		next               quorum.Step
		want               string
	}{
		"initial controller":         {true, false, quorum.Form, common + " --initial-controllers 0@a:9093:AAECAwQFBgcICQoLDA0OAA,1@b:9093:AAECAwQFBgcICQoLDA0OAQ"},
		"joining controller":         {true, false, quorum.Join, common + " --no-initial-controllers"},
		"controller with a new disk": {true, true, quorum.Start, common + " --no-initial-controllers --ignore-formatted"},
		"broker":                     {false, false, quorum.Start, common},
		"broker with a new disk":     {false, true, quorum.Start, common + " --ignore-formatted"},
	} {
		if got := strings.Join(formatArgs("/p", "-abc", test.controller, test.next, initials, test.partly), " "); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, test.want)
		}
	}
}
