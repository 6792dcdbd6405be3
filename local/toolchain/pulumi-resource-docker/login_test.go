package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestAddLogins(t *testing.T) {
	own := `{"auths":{"r.io":{"auth":"b2xk"},"other.io":{"auth":"a2VlcA=="}},"credsStore":"desktop","proxies":{"default":{}}}`
	merged, err := addLogins([]byte(own), []login{{"r.io", "bob", "pass:word"}, {dockerHub, "ann", "x"}})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(merged, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"auths": map[string]any{
			"r.io":                        map[string]any{"auth": "Ym9iOnBhc3M6d29yZA=="},
			"other.io":                    map[string]any{"auth": "a2VlcA=="},
			"https://index.docker.io/v1/": map[string]any{"auth": "YW5uOng="},
		},
		"credHelpers": map[string]any{"r.io": "", "https://index.docker.io/v1/": ""},
		"credsStore":  "desktop",
		"proxies":     map[string]any{"default": map[string]any{}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if _, err := addLogins([]byte("{"), nil); err == nil {
		t.Error("a broken configuration is taken")
	}
}

func TestPrivateConfig(t *testing.T) {
	own := folder(t, map[string]string{"config.json": "{}", "contexts/meta/x": "1", "cli-plugins/docker-buildx": "2"})
	private, err := privateConfig(own, []login{{"r.io", "bob", "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.RemoveAll(private); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(filepath.Join(own, "contexts/meta/x")); err != nil {
			t.Errorf("removing the private copy has removed the user's own: %v", err)
		}
	}()
	for path, want := range map[string]os.FileMode{private: 0o700, filepath.Join(private, "config.json"): 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v; want mode %o", path, info.Mode(), err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(private, "contexts/meta/x")); err != nil {
		t.Errorf("the user's contexts are not there: %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(own, "config.json")); err != nil || string(content) != "{}" {
		t.Errorf("the user's own configuration is now %s, %v", content, err)
	}
}

func TestPrivateConfigWithoutAnOwn(t *testing.T) {
	private, err := privateConfig(filepath.Join(t.TempDir(), "none"), []login{{"r.io", "bob", "secret"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(private); err != nil {
		t.Error(err)
	}
}

func TestLogins(t *testing.T) {
	text, yes := func(s string) *string { return &s }, true
	config := Config{RegistryAuth: []RegistryAuth{
		{Address: "https://r.io/v2/", Username: text("a"), Password: text("1")},
		{Address: "open.io", AuthDisabled: &yes, Username: text("x")},
		{Address: "nobody.io"},
	}}
	got := config.logins(&Registry{Username: text("b"), Password: text("2")}, "localhost:5050/team/image:1")
	if want := []login{{"r.io", "a", "1"}, {"localhost:5050", "b", "2"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	got = Config{}.logins(&Registry{Server: text("https://index.docker.io/v1/"), Username: text("b"), Password: text("2")}, "team/image")
	if want := []login{{dockerHub, "b", "2"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (Config{}).logins(nil, "a"); got != nil {
		t.Errorf("no login: %v", got)
	}
}
