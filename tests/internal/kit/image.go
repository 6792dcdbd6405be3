package kit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
)

// built are references, or what went wrong, by Kafka's version.
var built struct {
	sync.Mutex
	refs   map[string]string
	failed map[string]error
}

// Image builds the checkout's image with the program's own component, pushes it to
// the cluster's registry and returns its reference. It does so once in a run; a run
// with nothing changed is answered by the docker engine's layer cache.
func Image(t *testing.T) string {
	t.Helper()
	return ImageOf(t, image.KafkaVersion)
}

// ImageOf is Image with another version of Kafka.
func ImageOf(t *testing.T, version string) string {
	t.Helper()
	Engine(t)
	built.Lock()
	defer built.Unlock()
	if err := built.failed[version]; err != nil {
		t.Fatalf("the image that the tests run: %v", err)
	}
	if ref := built.refs[version]; ref != "" {
		return ref
	}
	ref, err := buildImage(t, version)
	if err != nil {
		built.failed = map[string]error{version: err}
		t.Fatalf("the image that the tests run: %v", err)
	}
	if built.refs == nil {
		built.refs = map[string]string{}
	}
	built.refs[version] = ref
	return ref
}

// ImageContext is the checkout's build context.
func ImageContext(t *testing.T) string { return filepath.Join(Repo(t), "image") }

func buildImage(t *testing.T, version string) (string, error) {
	folder, digest, err := image.Source(ImageContext(t))
	if err != nil {
		return "", err
	}
	project := t.TempDir()
	if err := os.WriteFile(filepath.Join(project, "Pulumi.yaml"), []byte("name: kafka-kraft\nruntime: go\n"), 0o600); err != nil {
		return "", err
	}
	w := newWorkspace(t, prefix+"image-"+strings.ReplaceAll(version, ".", "-"), project, func(ctx *pulumi.Context) error {
		made, err := image.New(ctx, "image", &image.Args{
			Context: folder, Digest: digest, KafkaVersion: version, Registry: Registry,
		})
		if err != nil {
			return err
		}
		ctx.Export("ref", made.Ref)
		return nil
	}, nil)
	result, err := w.TryUp(t)
	if err != nil {
		return "", err
	}
	ref, ok := result.Outputs["ref"].Value.(string)
	if !ok || ref == "" {
		return "", fmt.Errorf("the image component returned %v", result.Outputs["ref"].Value)
	}
	t.Logf("image: %s", ref)
	return ref, nil
}
