//go:build engine

// The tests in this file need a Docker engine and the program docker-registry (Debian's package of that name):
// go test -tags engine. They leave nothing behind in the engine but untagged layers of its build cache.

package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// sleeperMark is a file that only the container of TestStopped has: the test's own program runs in it.
const sleeperMark = "/pulumi-resource-docker-sleeper"

func TestMain(m *testing.M) {
	if _, err := os.Stat(sleeperMark); err == nil {
		fmt.Println("sleeping")
		time.Sleep(time.Minute)
	}
	m.Run()
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(context.WithoutCancel(t.Context()), "docker", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// image is one Image in a program's life.
type image struct {
	name  string
	build values
	more  values
	state property.Map // after up
	made  []string     // every repoDigest it has had
}

func newImage(t *testing.T, name, folder string, more values) *image {
	t.Helper()
	i := &image{name: name, build: values{"context": property.New(folder)}, more: more}
	t.Cleanup(func() {
		for _, made := range append(i.made, name) {
			_ = exec.Command("docker", "rmi", "--force", made).Run() // some are gone by now
		}
	})
	return i
}

func (i *image) inputs(t *testing.T) property.Map {
	t.Helper()
	all := values{"imageName": property.New(i.name), "build": object(i.build)}
	for key, value := range i.more {
		all[key] = value
	}
	checked, failures := check(t, all)
	if failures != "" {
		t.Fatal(failures)
	}
	return checked
}

// up does what `pulumi up` does and reports whether anything was built.
func (i *image) up(t *testing.T) (built bool) {
	t.Helper()
	plugin, inputs := provider(t), i.inputs(t)
	if i.state.Len() == 0 {
		created, err := plugin.Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: inputs})
		if err != nil {
			t.Fatal(err)
		}
		i.state = created.Properties
		i.made = append(i.made, i.repoDigest())
		return true
	}
	diff, err := plugin.Diff(t.Context(), p.DiffRequest{ID: i.name, Urn: imageURN, State: i.state, Inputs: inputs})
	if err != nil {
		t.Fatal(err)
	}
	if !diff.HasChanges {
		return false
	}
	updated, err := plugin.Update(t.Context(), p.UpdateRequest{ID: i.name, Urn: imageURN, State: i.state, Inputs: inputs})
	if err != nil {
		t.Fatal(err)
	}
	i.state = updated.Properties
	i.made = append(i.made, i.repoDigest())
	return true
}

// refresh reports whether the image is still there.
func (i *image) refresh(t *testing.T) bool {
	t.Helper()
	read, err := provider(t).Read(t.Context(), p.ReadRequest{
		ID: i.name, Urn: imageURN, Properties: i.state, Inputs: i.inputs(t),
	})
	if err != nil {
		t.Fatal(err)
	}
	return read.ID != ""
}

func (i *image) repoDigest() string { return i.state.Get("repoDigest").AsString() }

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestLocalImage(t *testing.T) {
	context := folder(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /\n", "a": t.Name() + time.Now().String()})
	i := newImage(t, "pulumi-resource-docker-test/local:1", context, values{"skipPush": property.New(true)})
	i.up(t)
	first := i.repoDigest()
	if id := docker(t, "image", "inspect", "--format", "{{.Id}}", i.name); first != id {
		t.Errorf("repoDigest %s, the image is %s", first, id)
	}
	if i.up(t) {
		t.Error("built again without a change")
	}
	if !i.refresh(t) {
		t.Error("refresh does not find it")
	}
	write(t, filepath.Join(context, "a"), time.Now().String())
	if !i.up(t) || i.repoDigest() == first {
		t.Error("not built again after a change")
	}
	docker(t, "tag", first, i.name)
	if i.refresh(t) {
		t.Error("refresh takes another image under the name for this one")
	}
	docker(t, "rmi", "--force", first, i.repoDigest())
	if i.refresh(t) {
		t.Error("refresh finds an image that was removed")
	}
}

func TestFailedBuild(t *testing.T) {
	context := folder(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY none-such /\n"})
	i := newImage(t, "pulumi-resource-docker-test/failed:1", context, nil)
	_, err := provider(t).Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: i.inputs(t)})
	for _, part := range []string{"docker build of " + i.name + " failed", "COPY none-such", "no such file|not found"} {
		one, other, _ := strings.Cut(part, "|")
		if err == nil || !strings.Contains(err.Error(), one) && (other == "" || !strings.Contains(err.Error(), other)) {
			t.Errorf("nothing of %q in %v", part, err)
		}
	}
}

// Ctrl-C ends the build in the engine too.
func TestStopped(t *testing.T) {
	t.Setenv("DOCKER_BUILDKIT", "0") // the first builder's steps are containers that docker ps shows
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	context := folder(t, map[string]string{
		"Dockerfile": "FROM scratch\nCOPY mark " + sleeperMark + "\nCOPY self /self\nRUN [\"/self\"]\n", "mark": "",
	})
	program, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(context, "self"), program, 0o755); err != nil {
		t.Fatal(err)
	}
	i := newImage(t, "pulumi-resource-docker-test/stopped:1", context, nil)
	plugin, inputs := provider(t), i.inputs(t)
	running := func() bool { return strings.Contains(docker(t, "ps", "--no-trunc"), "/self") }
	done := make(chan error, 1)
	go func() {
		_, err := plugin.Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: inputs})
		done <- err
	}()
	eventually(t, "the build runs", running)
	if err := plugin.Cancel(t.Context()); err != nil {
		t.Fatal(err)
	}
	select {
	case err := <-done:
		if err == nil || !strings.Contains(err.Error(), "was stopped") {
			t.Errorf("got %v", err)
		}
	case <-time.After(20 * time.Second):
		t.Fatal("goes on after a cancel")
	}
	eventually(t, "the build has stopped", func() bool { return !running() })
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 120 {
		if is() {
			return
		}
		time.Sleep(250 * time.Millisecond)
	}
	t.Fatalf("not within 30 s: %s", what)
}

func TestPush(t *testing.T) {
	host, stop := registry(t)
	context := folder(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /\n", "a": t.Name() + time.Now().String()})
	i := newImage(t, host+"/team/image:1", context, nil)
	i.up(t)
	first := i.repoDigest()
	manifests := "http://" + host + "/v2/team/image/manifests/"
	if digest := request(t, http.MethodHead, manifests+"1").Get("Docker-Content-Digest"); first != host+"/team/image@"+digest {
		t.Errorf("repoDigest %s, the registry has %s", first, digest)
	}
	if server := i.state.Get("registryServer").AsString(); server != host {
		t.Errorf("registryServer is %s", server)
	}
	if !i.refresh(t) || i.up(t) {
		t.Error("not found, or built again without a change")
	}
	write(t, filepath.Join(context, "a"), time.Now().String())
	if !i.up(t) || i.repoDigest() == first {
		t.Error("not pushed again after a change")
	}
	request(t, http.MethodDelete, manifests+digestOf(i.repoDigest()))
	if i.refresh(t) {
		t.Error("refresh finds an image that the registry has lost")
	}
	stop()
	if !i.refresh(t) {
		t.Error("a registry that is down has not lost its images")
	}
	_, err := provider(t).Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: i.inputs(t)})
	if err == nil || !strings.Contains(err.Error(), "docker push of "+i.name+" failed") {
		t.Errorf("push to a registry that is down: %v", err)
	}
}

func request(t *testing.T, method, url string) http.Header {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "application/vnd.docker.distribution.manifest.v2+json, application/vnd.oci.image.manifest.v1+json")
	response, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if _, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s, %v", method, url, response.Status, err)
	}
	return response.Header
}

// registry starts a registry of its own on loopback, which the engine talks to without TLS.
func registry(t *testing.T) (host string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	host = listener.Addr().String()
	if err := listener.Close(); err != nil { // free again, for the registry
		t.Fatal(err)
	}
	config := filepath.Join(t.TempDir(), "config.yml")
	write(t, config, fmt.Sprintf("version: 0.1\nhttp: {addr: %q}\nstorage:\n  filesystem: {rootdirectory: %q}\n  delete: {enabled: true}\n",
		host, t.TempDir()))
	command := exec.Command("docker-registry", "serve", config)
	if err := command.Start(); err != nil {
		t.Fatalf("apt-get install docker-registry: %v", err)
	}
	stopped := false
	stop = func() {
		if stopped {
			return
		}
		stopped = true
		_ = command.Process.Kill() // it has nothing to save
		_ = command.Wait()
	}
	t.Cleanup(stop)
	eventually(t, "the registry answers", func() bool {
		response, err := http.Get("http://" + host + "/v2/")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return host, stop
}

func TestEngineThatDoesNotAnswer(t *testing.T) {
	t.Setenv("DOCKER_HOST", "unix://"+filepath.Join(t.TempDir(), "none.sock"))
	context := folder(t, map[string]string{"Dockerfile": "FROM scratch\n"})
	i := &image{name: "pulumi-resource-docker-test/none:1", build: values{"context": property.New(context)}}
	_, err := provider(t).Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: i.inputs(t)})
	for _, part := range []string{"no answer from the Docker engine", "none.sock", "DOCKER_HOST", "minikube docker-env"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("nothing of %q in %v", part, err)
		}
	}
}
