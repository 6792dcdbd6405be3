package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// The image of pause, the first process of every pod's sandbox. Other clusters pull
// theirs; ours is compiled from pausesource in a second, so that no registry is needed.

//go:embed pause/main.go
var pauseSource []byte

// ensurePause compiles pause and keeps its image as an archive.
func (p plan) ensurePause(ctx context.Context) error {
	sum := sha256.Sum256(pauseSource)
	stamp := p.pauseArchive() + "." + hex.EncodeToString(sum[:4])
	if _, err := os.Stat(stamp); err == nil {
		return nil
	}
	work, err := os.MkdirTemp("", "pause")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work) //nolint:errcheck // a temporary folder
	source, binary := filepath.Join(work, "main.go"), filepath.Join(work, "pause")
	if err := os.WriteFile(source, pauseSource, 0o600); err != nil {
		return err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", binary, source)
	build.Dir = work
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GO111MODULE=off", "GOWORK=off")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("compiling pause: %w: %s", err, out)
	}
	program, err := os.ReadFile(binary)
	if err != nil {
		return err
	}
	image, err := imageOf(pauseImage, program)
	if err != nil {
		return err
	}
	if err := process.WriteFile(p.pauseArchive(), image, 0o644); err != nil {
		return err
	}
	return process.WriteFile(stamp, nil, 0o644)
}

func (p plan) pauseArchive() string { return filepath.Join(p.home.Cache, "pause.tar") }

// imageOf makes an image with one program in it, as an archive after the OCI image
// layout: https://github.com/opencontainers/image-spec/blob/main/image-layout.md
func imageOf(name string, program []byte) ([]byte, error) {
	files := archive{}
	layer := archive{}
	if err := layer.add("pause", 0o755, program); err != nil {
		return nil, err
	}
	layerContent, err := layer.close()
	if err != nil {
		return nil, err
	}
	layerBlob, err := files.blob("application/vnd.oci.image.layer.v1.tar", layerContent)
	if err != nil {
		return nil, err
	}
	config, err := files.jsonBlob("application/vnd.oci.image.config.v1+json", object{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": object{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs": object{"type": "layers", "diff_ids": []any{layerBlob["digest"]}},
	})
	if err != nil {
		return nil, err
	}
	const manifestType = "application/vnd.oci.image.manifest.v1+json"
	manifest, err := files.jsonBlob(manifestType, object{
		"schemaVersion": 2, "mediaType": manifestType, "config": config, "layers": []object{layerBlob},
	})
	if err != nil {
		return nil, err
	}
	manifest["platform"] = object{"architecture": runtime.GOARCH, "os": "linux"}
	manifest["annotations"] = object{"io.containerd.image.name": name, "org.opencontainers.image.ref.name": "1"}
	index, err := json.Marshal(object{"schemaVersion": 2, "manifests": []object{manifest}})
	if err != nil {
		return nil, err
	}
	if err := files.add("index.json", 0o644, index); err != nil {
		return nil, err
	}
	if err := files.add("oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`)); err != nil {
		return nil, err
	}
	return files.close()
}

// archive is a tar file in the making.
type archive struct {
	content bytes.Buffer
	writer  *tar.Writer
}

func (a *archive) add(name string, mode int64, content []byte) error {
	if a.writer == nil {
		a.writer = tar.NewWriter(&a.content)
	}
	if err := a.writer.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(content)), Typeflag: tar.TypeReg}); err != nil {
		return err
	}
	_, err := a.writer.Write(content)
	return err
}

// blob adds content under its digest and returns its descriptor.
func (a *archive) blob(mediaType string, content []byte) (object, error) {
	sum := sha256.Sum256(content)
	digest := hex.EncodeToString(sum[:])
	return object{"mediaType": mediaType, "digest": "sha256:" + digest, "size": len(content)},
		a.add("blobs/sha256/"+digest, 0o644, content)
}

func (a *archive) jsonBlob(mediaType string, content object) (object, error) {
	text, err := json.Marshal(content)
	if err != nil {
		return nil, err
	}
	return a.blob(mediaType, text)
}

func (a *archive) close() ([]byte, error) {
	err := a.writer.Close()
	return a.content.Bytes(), err
}
