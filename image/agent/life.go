package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// life is what the stack tells its pods about itself while they wait: a folder of small files, which Kubernetes brings up
// to date in a running pod (the kubelet's ConfigMap sync, about a minute). A stack that has none is one that never said
// anything; nothing is concluded from that.
type life string

// acceptedQuorum is the word in acceptLoss that lets controllers form a new quorum.
const acceptedQuorum = "quorum"

// lived says whether the stack has been complete once, so that somewhere there are, or were, records of it.
func (l life) lived() bool { return slices.Equal(l.words("lived"), []string{"true"}) }

// accepts says whether somebody has accepted a loss on purpose: of a pod's volume by the pod's name, or of the quorum.
func (l life) accepts(what string) bool { return slices.Contains(l.words("acceptLoss"), what) }

func (l life) words(file string) []string {
	if l == "" {
		return nil
	}
	text, _ := os.ReadFile(filepath.Join(string(l), file)) // what is not there says nothing
	return strings.Fields(string(text))
}

// accept is the command that accepts the loss of what it names.
func accept(what string) string {
	return "pulumi config set --path 'acceptLoss[0]' " + what + " && pulumi up"
}
