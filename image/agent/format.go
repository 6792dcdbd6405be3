package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// formatArgs is the command line of kafka-storage.sh format for this node, after the class path. A step of form or join
// is for a controller; a broker in a dynamic quorum takes neither flag (KIP-853). With some directories formatted
// already (a disk was added or replaced) only the others are touched.
func formatArgs(rendered, clusterID string, controller bool, next quorum.Step, initials []contract.Voter, partly bool) []string {
	args := []string{"kafka.tools.StorageTool", "format", "--config", rendered,
		"--cluster-id=" + clusterID} // one word: an id may begin with '-'
	if controller {
		if next == quorum.Form {
			var entries []string
			for _, v := range initials {
				entries = append(entries, v.String())
			}
			args = append(args, "--initial-controllers", strings.Join(entries, ","))
		} else {
			args = append(args, "--no-initial-controllers")
		}
	}
	if partly {
		args = append(args, "--ignore-formatted")
	}
	return args
}

// runFormat runs the storage tool; its words go to the log, and into the error when it fails.
func runFormat(p paths, args []string) error {
	flags := append(toolFlags(p), args...)
	cmd := exec.Command(p.java, flags...)
	cmd.Dir = os.TempDir()
	out, err := cmd.CombinedOutput()
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if !strings.HasPrefix(line, "Bootstrap metadata:") { // a screenful that says only what the version implies
			say.Info("format: %s", line)
		}
	}
	if err != nil {
		last := strings.TrimSpace(string(out))
		if cut := strings.LastIndex(last, "\n"); cut >= 0 {
			last = last[cut+1:]
		}
		return fmt.Errorf("kafka-storage.sh format failed (%w): %s", err, last)
	}
	return nil
}
