package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files come from the stack's file alone.
func TestMonitoringFiles(t *testing.T) {
	folder := t.TempDir()
	out := filepath.Join(folder, "a", "b")
	write(t, folder, "Pulumi.prod.yaml", "config:\n  kafka-kraft:context: nowhere\n  kafka-kraft:clusterName: orders\n")
	said, err := said(t, "monitoring", "-stack", "prod", "-dir", folder, "-output", out)
	require.NoError(t, err)
	written := strings.Fields(said)
	require.Len(t, written, 4)
	for _, file := range written {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Contains(t, string(text), "orders")
		assert.Equal(t, out, filepath.Dir(file))
	}
}

func TestMonitoringOfNoStack(t *testing.T) {
	folder := t.TempDir()
	_, err := said(t, "monitoring", "-stack", "prod", "-dir", folder)
	require.ErrorContains(t, err, "there is no "+filepath.Join(folder, "Pulumi.prod.yaml"))
	write(t, folder, "Pulumi.prod.yaml", "config:\n  kafka-kraft:context: nowhere\n  kafka-kraft:brokers: 2\n")
	_, err = said(t, "monitoring", "-stack", "prod", "-dir", folder)
	require.ErrorContains(t, err, "kafka-kraft:brokers")
	require.ErrorContains(t, err, "must be odd")
}
