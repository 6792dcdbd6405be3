package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// login is a user name and password for the registry at a host.
type login struct{ host, username, password string }

// key is how docker's configuration names the registry.
func (l login) key() string {
	if l.host == dockerHub {
		return "https://index.docker.io/v1/"
	}
	return l.host
}

// privateConfig makes a folder that docker can use as DOCKER_CONFIG: the user's own, with further logins. It lies in a
// folder that only this user may enter, and the caller removes it. So a password is on no command line and in no log,
// and the user's own configuration is not changed.
func privateConfig(own string, logins []login) (folder string, err error) {
	config, err := os.ReadFile(filepath.Join(own, "config.json"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading docker's configuration: %w", err)
	}
	config, err = addLogins(config, logins)
	if err != nil {
		return "", fmt.Errorf("docker's configuration %s: %w", filepath.Join(own, "config.json"), err)
	}
	folder, err = os.MkdirTemp("", "pulumi-docker-") // mode 0700
	if err != nil {
		return "", fmt.Errorf("a folder for docker's logins: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(folder))
		}
	}()
	if err := os.WriteFile(filepath.Join(folder, "config.json"), config, 0o600); err != nil {
		return "", fmt.Errorf("writing docker's logins: %w", err)
	}
	// Contexts, plugins (buildx) and the rest are the user's own.
	entries, err := os.ReadDir(own)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("reading docker's configuration: %w", err)
	}
	for _, entry := range entries {
		if entry.Name() == "config.json" {
			continue
		}
		if err := os.Symlink(filepath.Join(own, entry.Name()), filepath.Join(folder, entry.Name())); err != nil {
			return "", fmt.Errorf("sharing docker's configuration: %w", err)
		}
	}
	return folder, nil
}

// addLogins adds logins to the content of a config.json, which may be empty, and leaves all else in it alone.
func addLogins(config []byte, logins []login) ([]byte, error) {
	settings := map[string]json.RawMessage{}
	if len(config) > 0 {
		if err := json.Unmarshal(config, &settings); err != nil {
			return nil, fmt.Errorf("not JSON: %w", err)
		}
	}
	auths, helpers := map[string]json.RawMessage{}, map[string]string{}
	for key, into := range map[string]any{"auths": &auths, "credHelpers": &helpers} {
		if raw, ok := settings[key]; ok {
			if err := json.Unmarshal(raw, into); err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	for _, l := range logins {
		pair := base64.StdEncoding.EncodeToString([]byte(l.username + ":" + l.password))
		auth, err := json.Marshal(map[string]string{"auth": pair})
		if err != nil {
			return nil, err
		}
		auths[l.key()] = auth
		// No helper for this registry, even if there is one for all others (credsStore): the login is in the file.
		helpers[l.key()] = ""
	}
	var err error
	if settings["auths"], err = json.Marshal(auths); err != nil {
		return nil, err
	}
	if settings["credHelpers"], err = json.Marshal(helpers); err != nil {
		return nil, err
	}
	return json.Marshal(settings)
}

// dockerConfigFolder is where the user's docker command line keeps its configuration.
func dockerConfigFolder() (string, error) {
	if folder := os.Getenv("DOCKER_CONFIG"); folder != "" {
		return filepath.Abs(folder)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("finding docker's configuration: %w", err)
	}
	return filepath.Join(home, ".docker"), nil
}
