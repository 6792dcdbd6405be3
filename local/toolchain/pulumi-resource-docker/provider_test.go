package main

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	rpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// These tests go through the plugin as the engine does, up to the point where docker is needed.

const imageURN = resource.URN("urn:pulumi:test::project::docker:index/image:Image::image")

func provider(t *testing.T) p.Provider {
	t.Helper()
	made, err := newProvider()
	if err != nil {
		t.Fatal(err)
	}
	return made
}

type values = map[string]property.Value

func object(v values) property.Value { return property.New(property.NewMap(v)) }

// check returns what the plugin makes of inputs, and its complaints in one text.
func check(t *testing.T, inputs values) (property.Map, string) {
	t.Helper()
	response, err := provider(t).Check(t.Context(), p.CheckRequest{Urn: imageURN, Inputs: property.NewMap(inputs)})
	if err != nil {
		t.Fatal(err)
	}
	return response.Inputs, complaints(response.Failures)
}

func complaints(failures []p.CheckFailure) string {
	var all []string
	for _, failure := range failures {
		all = append(all, failure.Property+" "+failure.Reason)
	}
	return strings.Join(all, "\n")
}

func contextOf(t *testing.T) property.Value {
	return property.New(folder(t, map[string]string{"Dockerfile": "FROM scratch\nCOPY a /\n", "a": "1"}))
}

func TestCheckAddsTheDigest(t *testing.T) {
	inputs, failures := check(t, values{
		"imageName": property.New("localhost:5050/kafka:1"),
		"build":     object(values{"context": contextOf(t)}),
		"skipPush":  property.New(false), "buildOnPreview": property.New(false), // always sent by the SDK
	})
	if failures != "" {
		t.Fatal(failures)
	}
	if sum := inputs.Get("build").AsMap().Get("contextDigest"); !sum.IsString() || len(sum.AsString()) != 64 {
		t.Errorf("contextDigest is %v", sum)
	}
}

func TestCheckOfWhatIsNotKnownYet(t *testing.T) {
	unknown := property.New(property.Computed)
	for name, build := range map[string]property.Value{
		"context":  object(values{"context": unknown}),
		"argument": object(values{"context": contextOf(t), "args": object(values{"A": unknown})}),
		"build":    unknown,
	} {
		inputs, failures := check(t, values{"imageName": unknown, "build": build})
		if failures != "" {
			t.Errorf("%s: %s", name, failures)
		}
		if build := inputs.Get("build"); build.IsMap() && build.AsMap().Get("contextDigest").IsString() {
			t.Errorf("%s: has a digest", name)
		}
	}
}

func TestCheckRefusesAllAtOnce(t *testing.T) {
	_, failures := check(t, values{
		"imageName": property.New("repository@sha256:" + strings.Repeat("0", 64)),
		"build": object(values{
			"context": property.New(filepath.Join(t.TempDir(), "none")),
			"args":    object(values{"A=B": property.New("1")}),
		}),
	})
	for _, part := range []string{"imageName: ", "build.context: ", "build.args: "} {
		if !strings.Contains(failures, part) {
			t.Errorf("nothing of %q in:\n%s", part, failures)
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	name := property.New("localhost:5050/kafka:1")
	context := contextOf(t)
	file := property.New(filepath.Join(context.AsString(), "a"))
	text := property.New[string]
	tests := map[string]struct {
		inputs values
		want   string
	}{
		"no name":         {values{"build": object(values{"context": context})}, "imageName"},
		"empty name":      {values{"imageName": text(""), "build": object(values{"context": context})}, "imageName"},
		"unknown input":   {values{"imageName": name, "build": object(values{"context": context, "stage": text("x")})}, "stage"},
		"wrong type":      {values{"imageName": property.New(true), "build": object(values{"context": context})}, "imageName"},
		"file as context": {values{"imageName": name, "build": object(values{"context": file})}, "not a folder"},
		"no Dockerfile":   {values{"imageName": name, "build": object(values{"context": context, "dockerfile": text("none")})}, "build.dockerfile"},
		"folder as Dockerfile": {
			values{"imageName": name, "build": object(values{"context": context, "dockerfile": context})}, "is not a file",
		},
		"broken .dockerignore": {
			values{"imageName": name, "build": object(values{"context": property.New(folder(t, map[string]string{
				"Dockerfile": "", ".dockerignore": "[",
			}))})}, ".dockerignore",
		},
		"login":            {values{"imageName": name, "registry": object(values{"username": text("x")})}, "registry"},
		"another stage":    {values{"imageName": name, "build": object(values{"context": context, "target": text("x")})}, "target"},
		"build in preview": {values{"imageName": name, "build": object(values{"context": context}), "buildOnPreview": property.New(true)}, "buildOnPreview"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if _, failures := check(t, test.inputs); !strings.Contains(failures, test.want) {
				t.Errorf("nothing of %q in %q", test.want, failures)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	text := property.New[string]
	was := values{
		"imageName": text("r.io/a:1"),
		"build":     object(values{"context": text("a"), "contextDigest": text("1")}),
	}
	state := values{
		"imageName": was["imageName"], "build": was["build"], "baseImageName": text("r.io/a:1"), "context": text("a"),
		"dockerfile": text("Dockerfile"), "registryServer": text("r.io"), "repoDigest": text("r.io/a@" + digestA),
	}
	official := maps.Clone(state)
	delete(official, "build")
	official["__inputs"] = object(was).WithSecret(true)
	build := func(more values) property.Value {
		all := values{"context": text("a"), "contextDigest": text("1")}
		maps.Copy(all, more)
		return object(all)
	}
	tests := map[string]struct {
		state, change values
		want          []string
	}{
		"nothing":        {state, nil, nil},
		"same elsewhere": {state, values{"build": build(values{"context": text("b"), "dockerfile": text("c/D")})}, nil},
		"default spelt":  {state, values{"skipPush": property.New(false)}, nil},
		"content":        {state, values{"build": build(values{"contextDigest": text("2")})}, []string{"build.contextDigest"}},
		"not known":      {state, values{"build": object(values{"context": text("a")})}, []string{"build.contextDigest"}},
		"name":           {state, values{"imageName": text("r.io/a:2")}, []string{"imageName"}},
		"no push":        {state, values{"skipPush": property.New(true)}, []string{"skipPush"}},
		"arguments":      {state, values{"build": build(values{"args": object(values{"A": text("1")})})}, []string{"build.args"}},
		"official state": {official, nil, []string{"build.contextDigest"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			inputs := maps.Clone(was)
			maps.Copy(inputs, test.change)
			response, err := provider(t).Diff(t.Context(), p.DiffRequest{
				ID: "r.io/a:1", Urn: imageURN, State: property.NewMap(test.state), OldInputs: property.NewMap(was),
				Inputs: property.NewMap(inputs),
			})
			if err != nil {
				t.Fatal(err)
			}
			got := slices.Sorted(maps.Keys(response.DetailedDiff))
			if !slices.Equal(got, test.want) || response.HasChanges != (len(test.want) > 0) {
				t.Errorf("got %v (%v), want %v", got, response.HasChanges, test.want)
			}
			for property, diff := range response.DetailedDiff {
				if diff.Kind != p.Update {
					t.Errorf("%s: %s, never a replacement", property, diff.Kind)
				}
			}
		})
	}
}

// A preview needs no docker, and knows the digest of no image that is still to be built.
func TestPreview(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	inputs, failures := check(t, values{
		"imageName": property.New("localhost:5050/kafka:1"), "build": object(values{"context": contextOf(t)}),
	})
	if failures != "" {
		t.Fatal(failures)
	}
	created, err := provider(t).Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: inputs, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	state := created.Properties
	if digest := state.Get("repoDigest"); !digest.IsComputed() || digest.Secret() {
		t.Errorf("repoDigest is %v", digest)
	}
	if name := state.Get("baseImageName"); !name.IsString() || name.AsString() != "localhost:5050/kafka:1" {
		t.Errorf("baseImageName is %v", name)
	}
}

func TestNoDocker(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	inputs, _ := check(t, values{"imageName": property.New("a:1"), "build": object(values{"context": contextOf(t)})})
	_, err := provider(t).Create(t.Context(), p.CreateRequest{Urn: imageURN, Properties: inputs})
	if err == nil || !strings.Contains(err.Error(), "no docker command line") {
		t.Errorf("got %v", err)
	}
}

func TestNoImport(t *testing.T) {
	_, err := provider(t).Read(t.Context(), p.ReadRequest{Urn: imageURN, ID: "a:1"})
	if err == nil || !strings.Contains(err.Error(), "a:1 cannot be imported") {
		t.Errorf("got %v", err)
	}
}

// served is the plugin as the engine reaches it, which some of go-provider's code insists on.
func served(t *testing.T) rpc.ResourceProviderServer {
	t.Helper()
	server, err := p.RawServer("docker", version, provider(t))(nil)
	if err != nil {
		t.Fatal(err)
	}
	return server
}

func TestConfig(t *testing.T) {
	for name, test := range map[string]struct {
		config map[string]any
		want   []string
	}{
		"nothing":      {nil, nil},
		"of the SDK":   {map[string]any{"version": version, "host": "unix:///x"}, nil},
		"daemon check": {map[string]any{"disableDockerDaemonCheck": "true"}, nil},
		"not offered":  {map[string]any{"caMaterial": "PEM", "certPath": "/x", "registryAuth": `[{"address":"r.io"}]`}, []string{"caMaterial", "certPath", "registryAuth"}},
		"misspelt":     {map[string]any{"hots": "unix:///x"}, []string{"hots"}},
	} {
		t.Run(name, func(t *testing.T) {
			inputs, err := plugin.MarshalProperties(resource.NewPropertyMapFromMap(test.config), plugin.MarshalOptions{})
			if err != nil {
				t.Fatal(err)
			}
			response, err := served(t).CheckConfig(t.Context(), &rpc.CheckRequest{News: inputs})
			if err != nil {
				t.Fatal(err)
			}
			var all []string
			for _, failure := range response.GetFailures() {
				all = append(all, failure.GetProperty()+" "+failure.GetReason())
			}
			got := strings.Join(all, "\n")
			if (got == "") != (test.want == nil) {
				t.Errorf("got %q", got)
			}
			for _, part := range test.want {
				if !strings.Contains(got, part) {
					t.Errorf("nothing of %q in:\n%s", part, got)
				}
			}
			if strings.Contains(got, "PEM") {
				t.Error("a key is shown")
			}
		})
	}
}

func TestSchema(t *testing.T) {
	response, err := served(t).GetSchema(t.Context(), &rpc.GetSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Resources map[string]struct{ Properties, InputProperties map[string]any }
	}
	if err := json.Unmarshal([]byte(response.GetSchema()), &schema); err != nil {
		t.Fatal(err)
	}
	image, ok := schema.Resources["docker:index/image:Image"]
	if !ok {
		t.Fatalf("no Image in %s", response.GetSchema())
	}
	for _, name := range []string{"imageName", "baseImageName", "registryServer", "repoDigest", "context", "dockerfile", "platform"} {
		if _, ok := image.Properties[name]; !ok {
			t.Errorf("no output %s", name)
		}
	}
	for _, name := range []string{"imageName", "build", "buildOnPreview", "skipPush"} {
		if _, ok := image.InputProperties[name]; !ok {
			t.Errorf("no input %s", name)
		}
	}
}
