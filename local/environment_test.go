package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kafka-kraft/kafka-kraft/local/internal/home"
	"github.com/kafka-kraft/kafka-kraft/local/internal/toolchain"
)

// A passphrase that the user has exported for other projects, or an empty one, would
// encrypt the stack with what the next shell does not know.
func TestForeignSettings(t *testing.T) {
	t.Setenv("PULUMI_CONFIG_PASSPHRASE", "")
	t.Setenv("PULUMI_STACK", "other")
	t.Setenv("PULUMI_OPTION_TARGET", "x")
	t.Setenv("PULUMI_K8S_ENABLE_PATCH_FORCE", "true")
	t.Setenv("PULUMI_BACKEND_URL", "s3://elsewhere")
	t.Setenv("PULUMI_CONFIG_PASSPHRASE_FILE", "/elsewhere")
	a := &app{context: "minikube", home: home.Home{Data: "/data", Cache: "/cache"}}
	last := map[string]string{}
	for _, setting := range a.own(t.Context(), toolchain.Tools{}) {
		name, value, _ := strings.Cut(setting, "=")
		last[name] = value
	}
	for _, name := range []string{"PULUMI_CONFIG_PASSPHRASE", "PULUMI_STACK", "PULUMI_OPTION_TARGET", "PULUMI_K8S_ENABLE_PATCH_FORCE"} {
		assert.NotContains(t, last, name)
	}
	assert.Equal(t, "file:///data/state", last["PULUMI_BACKEND_URL"])
	assert.Equal(t, "/data/passphrase", last["PULUMI_CONFIG_PASSPHRASE_FILE"])
}
