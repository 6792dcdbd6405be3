// Package checkout_test uses a copy of the checkout as a person does, and looks at what
// that leaves in it.
package checkout_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// stackFile is a stack like dev, in a place of its own.
const stackFile = `# Mine.
config:
  kafka-kraft:context: ` + kit.Context + `
  kafka-kraft:namespace: OWN
  kafka-kraft:imageContext: image
  kafka-kraft:imageRegistry: ` + kit.Registry + `
  kafka-kraft:metrics: "false"
  kafka-kraft:timeout: 4m
  kafka-kraft:broker:
    cpuRequest: 50m
  kafka-kraft:storage:
    mode: shared
    hostPath: /mnt/OWN
    node: kafka-kraft-1
    volumeName: OWN
`

// TestUsedCheckout: up and down leave nothing in a checkout but what the user set, and a
// checkout in which the user has set things passes its tests.
func TestUsedCheckout(t *testing.T) {
	cluster := kit.Kubernetes(t)
	own := cluster.Own(t, "used")
	c := kit.NewCheckout(t)
	file := filepath.Join(c.Dir(), "Pulumi."+own+".yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(stackFile, "OWN", own)), 0o600))
	c.Run("git", "init", "--quiet")
	c.Run("git", "add", "--all")
	c.Run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false", "commit", "--quiet", "--message", "as released")
	clean := func(after string) {
		t.Helper()
		assert.Empty(t, c.Run("git", "status", "--porcelain"), "after %s:\n%s", after, c.Run("git", "diff"))
	}

	// The state that make uses is the user's: this stack is taken out of it at the end.
	c.Cleanup("sh", "-c", `make down RECORDS=delete STACK=`+own+`; eval "$(make -s env)" && pulumi stack rm --yes `+own)
	c.Run("make", "up", "STACK="+own)
	clean("make up")
	c.Run("make", "down", "STACK="+own)
	clean("make down")
	record := func() string {
		found, err := cluster.Kube.CoreV1().ConfigMaps(own).Get(t.Context(), "kafka-record", metav1.GetOptions{})
		require.NoError(t, err)
		return found.Data["clusterId"]
	}
	id := record()
	c.Run("make", "up", "STACK="+own)
	clean("a second make up")
	assert.Equal(t, id, record(), "the records and their cluster id are there again, without a word in any file")
	c.Run("make", "down", "RECORDS=delete", "STACK="+own)
	clean("make down RECORDS=delete")
	_, err := cluster.Kube.CoreV1().Namespaces().Get(t.Context(), own, metav1.GetOptions{})
	assert.True(t, apierrors.IsNotFound(err), "the namespace held nothing else: %v", err)

	// What Pulumi and the user write into the released stacks' files.
	for _, stack := range []string{"dev", "ci"} {
		c.Run("sh", "-c", `f=Pulumi.`+stack+`.yaml
sed -i '/^config:/a\  kafka-kraft:stopped: "true"\n  kafka-kraft:clusterId: 5L6g3nShT-eMCtK--X86sw' $f
grep -q ^encryptionsalt $f || echo encryptionsalt: v1:x >> $f`)
	}
	c.Run("go", "test", "-count=1", "./stacks/...")
	c.Run("go", "test", "-count=1", "-run=^TestPreview$", "./tests/engine")
	assert.Equal(t, " M Pulumi.ci.yaml\n M Pulumi.dev.yaml\n", c.Run("git", "status", "--porcelain"))
}
