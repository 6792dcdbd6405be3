package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
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
	stamp := fmt.Sprintf("%s.%x", p.pauseArchive(), sum[:4])
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

// imageOf makes an image with one program in it, as an archive such as docker save writes.
func imageOf(name string, program []byte) ([]byte, error) {
	layer, err := archiveOf(file{"pause", 0o755, program})
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(object{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": object{"Entrypoint": []string{"/pause"}, "User": "65535:65535"},
		"rootfs": object{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal([]object{{"Config": "config.json", "RepoTags": []string{name}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return nil, err
	}
	return archiveOf(file{"layer.tar", 0o644, layer}, file{"config.json", 0o644, config}, file{"manifest.json", 0o644, manifest})
}

// file is one of an archive's.
type file struct {
	name    string
	mode    int64
	content []byte
}

func archiveOf(files ...file) ([]byte, error) {
	var content bytes.Buffer
	archive := tar.NewWriter(&content)
	for _, f := range files {
		if err := archive.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.content)), Typeflag: tar.TypeReg}); err != nil {
			return nil, err
		}
		if _, err := archive.Write(f.content); err != nil {
			return nil, err
		}
	}
	err := archive.Close()
	return content.Bytes(), err
}
