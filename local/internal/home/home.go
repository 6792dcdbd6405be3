// Package home names every folder that the local default uses, so that there is
// one place to look for what it keeps and what it may throw away.
//
// Three roots, after the XDG base directory specification:
//
//	Cache  what can be made again: tools, plugins. Emptying it loses nothing.
//	Data   what must last: records, Pulumi's state, the cluster's own database.
//	Run    what dies with the machine: sockets and process ids.
package home

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

const name = "kafka-kraft"

// Home holds the three roots as absolute paths.
type Home struct {
	Cache string // $XDG_CACHE_HOME/kafka-kraft, by default ~/.cache/kafka-kraft
	Data  string // $XDG_DATA_HOME/kafka-kraft, by default ~/.local/share/kafka-kraft
	Run   string // /run/kafka-kraft
}

// Find works out the roots from the environment. It creates nothing.
func Find() (Home, error) {
	cache, err := xdg("XDG_CACHE_HOME", ".cache")
	if err != nil {
		return Home{}, err
	}
	data, err := xdg("XDG_DATA_HOME", filepath.Join(".local", "share"))
	if err != nil {
		return Home{}, err
	}
	return Home{Cache: cache, Data: data, Run: filepath.Join("/run", name)}, nil
}

// Built is where built programs lie, whatever they are for.
func (h Home) Built() string { return filepath.Join(h.Cache, "built") }

// Bin belongs on PATH: it holds what a person types, and nothing else. A plugin on
// PATH would be taken before the one of the right version, with a warning.
func (h Home) Bin() string { return filepath.Join(h.Cache, "bin") }

// PulumiHome is PULUMI_HOME for the tools we built: plugins, no credentials.
func (h Home) PulumiHome() string { return filepath.Join(h.Cache, "pulumi") }

// PulumiState is the folder behind the file backend.
func (h Home) PulumiState() string { return filepath.Join(h.Data, "state") }

// Passphrase is the file that holds the passphrase of the stacks' secrets.
func (h Home) Passphrase() string { return filepath.Join(h.Data, "passphrase") }

// EnsureState makes the folder of Pulumi's file backend and the passphrase that its secrets
// are encrypted with, once: a file that is there stays, whoever made it. Both last as long
// as the records do.
func (h Home) EnsureState() error {
	if err := os.MkdirAll(h.PulumiState(), 0o700); err != nil {
		return fmt.Errorf("folder for Pulumi's state: %w", err)
	}
	fresh, err := os.CreateTemp(h.Data, ".passphrase-") // readable by its owner alone
	if err == nil {
		_, err = fresh.WriteString(rand.Text())
		err = errors.Join(err, fresh.Close())
		// A link, unlike a rename, does not take another's away.
		if linked := os.Link(fresh.Name(), h.Passphrase()); err == nil && !errors.Is(linked, fs.ErrExist) {
			err = linked
		}
		_ = os.Remove(fresh.Name())
	}
	if err != nil {
		return fmt.Errorf("passphrase for Pulumi's secrets: %w", err)
	}
	return nil
}

// Cluster is where the local Kubernetes keeps its database, keys and images.
func (h Home) Cluster() string { return filepath.Join(h.Data, "cluster") }

// Kubeconfig is the local cluster's own kubeconfig file.
func (h Home) Kubeconfig() string { return filepath.Join(h.Cluster(), "kubeconfig") }

// Volumes is where records lie: everything below /mnt of a node, and the volumes
// that the StorageClass provisions.
func (h Home) Volumes() string { return filepath.Join(h.Data, "volumes") }

func xdg(variable, fallback string) (string, error) {
	if dir := os.Getenv(variable); dir != "" {
		if !filepath.IsAbs(dir) {
			return "", fmt.Errorf("%s=%q: must be an absolute path", variable, dir)
		}
		return filepath.Join(dir, name), nil
	}
	user, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no home folder: set %s or HOME: %w", variable, err)
	}
	return filepath.Join(user, fallback, name), nil
}
