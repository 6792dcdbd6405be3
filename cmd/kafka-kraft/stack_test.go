package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

var nowhere = streams{io.Discard, io.Discard}

func write(t *testing.T, folder, name, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
}

// Where the configuration is decides how a stack is opened.
func TestWhereTheConfigurationIs(t *testing.T) {
	folder := t.TempDir()
	w := which{stack: "prod", folder: folder}
	o, err := w.options(nowhere)
	require.NoError(t, err)
	assert.Empty(t, o.Dir)
	assert.Nil(t, o.Config, "the state has it")

	write(t, folder, "Pulumi.prod.yaml", "config:\n  kafka-kraft:context: minikube\n  kafka-kraft:brokers: 5\n  kafka-kraft:storage:\n    size: 20Gi\n  other:key: x\n")
	o, err = w.options(nowhere)
	require.NoError(t, err)
	assert.Empty(t, o.Dir)
	require.NotNil(t, o.Config)
	assert.Equal(t, 5, o.Config.Brokers)
	assert.EqualValues(t, "20Gi", o.Config.Storage.Size)
	_, err = w.open(t.Context(), &change{set: map[string]string{"brokers": "3"}}, opening{}, nowhere)
	require.ErrorContains(t, err, "Pulumi.prod.yaml has the configuration")

	write(t, folder, "Pulumi.prod.yaml", "config:\n  kafka-kraft:context:\n    secure: v1:x\n")
	_, err = w.options(nowhere)
	require.ErrorContains(t, err, "kafka-kraft:context")

	write(t, folder, "Pulumi.yaml", "name: kafka-kraft\nruntime: go\n")
	o, err = w.options(nowhere)
	require.NoError(t, err)
	assert.Equal(t, folder, o.Dir)
	assert.Nil(t, o.Config, "Pulumi reads the file")
	w.stack = "organization/kafka-kraft/new"
	_, err = w.open(t.Context(), &change{}, opening{create: true}, nowhere)
	require.ErrorContains(t, err, "there is no Pulumi.new.yaml")
}

// In the folder of another project, this program would delete all that the project has.
func TestOthersProject(t *testing.T) {
	folder := t.TempDir()
	write(t, folder, "Pulumi.yaml", "name: shop\nruntime: nodejs\n")
	w := which{stack: "dev", folder: folder}
	_, err := w.options(nowhere)
	require.ErrorContains(t, err, "project shop")
}

func TestSettings(t *testing.T) {
	read := func(args ...string) map[string]string {
		var c change
		f := newFlags("up")
		c.add(f, "kept")
		require.NoError(t, f.read(args, nowhere))
		return c.set
	}
	assert.Empty(t, read())
	assert.Equal(t, map[string]string{"context": "kind-a"}, read("-context", "kind-a"))
	assert.Equal(t, map[string]string{"context": "kind-a", "imageRegistry": ""}, read("-context", "kind-a", "-registry", ""))
	assert.Equal(t, map[string]string{"brokers": "5", "storage.node": "", "image": "a=b"}, read("-set", "brokers=5", "-set", "storage.node=", "-set", "image=a=b"))
}

func TestSharedFolder(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "mnt"), 0o700))
	c := config.Default()
	folder, err := sharedFolder(c, root)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(root, "mnt", "data"), folder)
	_, err = sharedFolder(c, "")
	require.ErrorContains(t, err, "delete /mnt/data on the node")
	for _, path := range []string{"/mnt", "/mnt/", "/mnt/..", "/var/data"} {
		c.Storage.HostPath = path
		_, err = sharedFolder(c, root)
		require.Error(t, err, path)
	}
	c.Storage.Mode = config.PerPod
	folder, err = sharedFolder(c, "")
	require.NoError(t, err)
	assert.Empty(t, folder, "claims go with Kubernetes")
}
