package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// One error has what could not be read, what cannot be and what is not there.
func TestJudgeFindsAllAtOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte("contexts: [{name: minikube}]"), 0o600))
	read, found := Decode(map[string]string{"context": "minikub", "brokers": "many", "timeout": "soon"})
	err := read.Judge(file, found...)
	var problems Problems
	require.ErrorAs(t, err, &problems)
	var keys []string
	for _, problem := range problems {
		keys = append(keys, problem.Key)
	}
	assert.ElementsMatch(t, []string{"context", "brokers", "timeout"}, keys)
	read, found = Decode(map[string]string{"context": "minikube"})
	require.NoError(t, read.Judge(file, found...))
}

// A kubeconfig that cannot be read hides no mistake of the configuration's.
func TestJudgeWithoutKubeconfig(t *testing.T) {
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte("contexts: {{"), 0o600))
	read, found := Decode(map[string]string{"context": "minikube", "brokers": "0"})
	err := read.Judge(file, found...)
	assert.ErrorContains(t, err, file)
	assert.ErrorContains(t, err, "kafka-kraft:brokers")
}
