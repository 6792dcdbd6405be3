package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/mounts"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// Every file that a daemon is told to read is written before it starts.
func TestDaemonsFindTheirFiles(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	all := numbers(2)
	if err := errors.Join(p.ensurePKI(all), p.ensureKubeconfigs(all), p.ensureConfigs(all)); err != nil {
		t.Fatal(err)
	}
	c := &Cluster{plan: p}
	for _, d := range c.daemons(all) {
		for _, file := range d.Files {
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", d.Name, err)
			}
		}
		// What is named in an argument below our folders is a file that it reads, or a
		// folder that it writes.
		for _, argument := range d.Argv[1:] {
			_, value, _ := strings.Cut(argument, "=")
			if strings.HasPrefix(value, p.data("pki")) && !strings.HasSuffix(value, ".pub") && !slices.Contains(d.Files, value) {
				t.Errorf("%s: reads %s, but would not be started anew when that changes", d.Name, value)
			}
		}
	}
}

func TestConfigurationIsSafe(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	kubelet, err := json.Marshal(p.kubeletConfig(1))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"anonymous":{"enabled":false}`, `"mode":"Webhook"`, `"cgroupRoot":"/kkraft-1"`} {
		if !strings.Contains(string(kubelet), want) {
			t.Errorf("kubelet: no %s in %s", want, kubelet)
		}
	}
	apiserver := p.apiserver().Argv
	for _, want := range []string{"--bind-address=127.0.0.1", "--anonymous-auth=false", "--authorization-mode=Node,RBAC", "--kubelet-preferred-address-types=InternalIP"} {
		if !slices.Contains(apiserver, want) {
			t.Errorf("API server: no %s", want)
		}
	}
	if text := string(p.containerdConfig(1)); !strings.Contains(text, "restrict_oom_score_adj = true") {
		t.Error("containerd: sandboxes cannot start where scores cannot be lowered")
	}
}

func TestPauseImageHoldsTogether(t *testing.T) {
	t.Parallel()
	image, err := imageOf(pauseImage, []byte("program"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for reader := tar.NewReader(bytes.NewReader(image)); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if files[header.Name], err = io.ReadAll(reader); err != nil {
			t.Fatal(err)
		}
	}
	var manifest []struct {
		Config           string
		RepoTags, Layers []string
	}
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil || len(manifest) != 1 {
		t.Fatalf("%v, %v", manifest, err)
	}
	m := manifest[0]
	if !slices.Equal(m.RepoTags, []string{pauseImage}) || len(m.Layers) != 1 || !bytes.Contains(files[m.Layers[0]], []byte("program")) {
		t.Errorf("%+v", m)
	}
	if digest := fmt.Sprintf("sha256:%x", sha256.Sum256(files[m.Layers[0]])); !strings.Contains(string(files[m.Config]), digest) {
		t.Errorf("the configuration %s does not name the layer", files[m.Config])
	}
}

func TestControlGroupsOfBothVersions(t *testing.T) {
	t.Parallel()
	one := []mounts.Mount{{Point: "/sys/fs/cgroup/cpu", Type: "cgroup"}, {Point: "/sys/fs/cgroup/memory", Type: "cgroup"}}
	two := []mounts.Mount{{Point: "/sys/fs/cgroup", Type: "cgroup2"}}
	beside := []mounts.Mount{{Point: "/sys/fs/cgroup/unified", Type: "cgroup2"}}
	other := []mounts.Mount{{Point: "/", Type: "ext4"}, {Point: "/elsewhere", Type: "cgroup"}}
	for name, c := range map[string]struct {
		mounts      []mounts.Mount
		roots, bare int
	}{
		"version 1":              {append(one, other...), 2, 0},
		"version 2":              {append(two, other...), 1, 0},
		"version 1, 2 beside it": {append(one, beside...), 2, 1},
		"none":                   {other, 0, 0},
	} {
		if roots, bare := split(c.mounts); len(roots) != c.roots || len(bare) != c.bare {
			t.Errorf("%s: %v, %v", name, roots, bare)
		}
	}
}

func TestNodeIsReadyOnlyIfItSaidSoSinceItsStart(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 12, 0, 0, 500, time.UTC)
	report := func(status string, at time.Time) nodeStatus {
		var n nodeStatus
		text := `{"status":{"conditions":[{"type":"MemoryPressure","status":"False"},{"type":"Ready","status":"` + status + `","lastHeartbeatTime":"` + at.Format(time.RFC3339) + `"}]}}`
		if err := json.Unmarshal([]byte(text), &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for name, c := range map[string]struct {
		node nodeStatus
		want bool
	}{
		"ready":                 {report("True", start.Add(time.Second)), true},
		"in the same second":    {report("True", start), true},
		"said so before":        {report("True", start.Add(-time.Minute)), false},
		"not ready":             {report("False", start.Add(time.Second)), false},
		"lost":                  {report("Unknown", start.Add(time.Second)), false},
		"has never said a word": {nodeStatus{}, false},
	} {
		if got, why := c.node.ready(start); got != c.want {
			t.Errorf("%s: %v (%s)", name, got, why)
		}
	}
}

func TestAwaitTellsWhyADaemonDied(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := process.Daemon{Name: "short", Run: dir, Logs: dir, Argv: []string{"/bin/sh", "-c", "echo the reason; exit 1"}}
	if _, err := d.Start(0); err != nil && !strings.Contains(err.Error(), "the reason") {
		t.Fatal(err)
	}
	begin := time.Now()
	err := await(t.Context(), "it", time.Minute, []process.Daemon{d}, func(context.Context) error { return errors.New("not yet") })
	if err == nil || !strings.Contains(err.Error(), "the reason") {
		t.Errorf("await: %v", err)
	}
	if took := time.Since(begin); took > 10*time.Second {
		t.Errorf("it took %s to notice", took)
	}
}
