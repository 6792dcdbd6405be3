// Package life reads what the stack tells its pods about itself while they wait.
package life

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Folder is what the stack tells its pods about itself while they wait: a folder of small files, which Kubernetes brings up
// to date in a running pod (the kubelet's ConfigMap sync, about a minute). A stack that has none is one that never said
// anything; nothing is concluded from that.
type Folder string

// Lived reports whether the stack has been complete once, so that somewhere there are, or were, records of it.
func (l Folder) Lived() bool { return slices.Equal(l.words(contract.LifeLived), []string{"true"}) }

// Accepts reports whether somebody has accepted a loss on purpose: of a pod's volume by the pod's name, or of the quorum.
func (l Folder) Accepts(what string) bool {
	return slices.Contains(l.words(contract.LifeAcceptLoss), what)
}

// Controllers are the node ids of the controllers that there shall be; none where the stack does not say.
func (l Folder) Controllers() []int {
	var ids []int
	for _, word := range l.words(contract.LifeControllers) {
		if id, err := strconv.Atoi(word); err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func (l Folder) words(file string) []string {
	if l == "" {
		return nil
	}
	text, _ := os.ReadFile(filepath.Join(string(l), file)) // what is not there says nothing
	return strings.Fields(string(text))
}
