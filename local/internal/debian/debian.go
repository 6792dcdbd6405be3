// Package debian gets what the local default needs from Debian's archive, and says
// aloud what it changes on the machine.
package debian

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

// missing lists which of the packages are not installed.
func missing(ctx context.Context, packages []string) ([]string, error) {
	if _, err := exec.LookPath("dpkg-query"); err != nil {
		return nil, fmt.Errorf("this is not Debian or one of its kin (no dpkg-query): install what the packages %s bring yourself", strings.Join(packages, " "))
	}
	var list []string
	for _, name := range packages {
		// It fails for a name that it has never heard of.
		if state, err := process.Run(ctx, "dpkg-query", "-W", "-f", "${db:Status-Abbrev}", name); err != nil || strings.TrimSpace(state) != "ii" {
			list = append(list, name)
		}
	}
	return list, ctx.Err()
}

// Ensure installs what is missing of the packages, with nothing that they merely
// recommend. It needs root only if something is missing. The package lists are
// updated only if that is what it takes.
func Ensure(ctx context.Context, log *progress.Log, packages ...string) error {
	list, err := missing(ctx, packages)
	if err != nil || len(list) == 0 {
		return err
	}
	command := "apt-get install --no-install-recommends " + strings.Join(list, " ")
	if os.Geteuid() != 0 {
		return fmt.Errorf("packages are missing and only root may install them: sudo %s", command)
	}
	return log.Step("installing Debian packages: "+strings.Join(list, " "), func() error {
		err := updating(ctx, log, func() error {
			return apt(append([]string{"install", "--yes", "--no-install-recommends"}, list...)...)
		})
		if err != nil {
			return fmt.Errorf("%w\nTry it by hand: %s", err, command)
		}
		return nil
	})
}

// Unpack fetches a package and unpacks it below the folder to, without installing it:
// nothing on the machine changes and none of its services start. It needs no root.
// What is there already is used.
func Unpack(ctx context.Context, log *progress.Log, name, to string) error {
	if _, err := os.Stat(to); err == nil {
		return nil
	}
	return log.Step(fmt.Sprintf("fetching Debian package %s (unpacked to %s, not installed)", name, to), func() error {
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		work, err := os.MkdirTemp(filepath.Dir(to), "."+name+".*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(work) //nolint:errcheck // an empty folder at worst
		// apt drops root for downloads, and its other user must be able to write here.
		if err := os.Chmod(work, 0o777); err != nil {
			return err
		}
		download := func() error {
			_, err := process.Run(ctx, "sh", "-c", `cd "$1" && apt-get download "$2"`, "sh", work, name)
			return err
		}
		if err := updating(ctx, log, download); err != nil {
			return err
		}
		files, err := filepath.Glob(filepath.Join(work, "*.deb"))
		if err != nil || len(files) != 1 {
			return errors.Join(fmt.Errorf("package %s: %d files instead of one were downloaded", name, len(files)), err)
		}
		tree := filepath.Join(work, "tree")
		if _, err := process.Run(ctx, "dpkg-deb", "--extract", files[0], tree); err != nil {
			return err
		}
		return os.Rename(tree, to) // as a whole or not at all
	})
}

// updating runs do, and if it fails, updates the package lists and runs it once more.
func updating(ctx context.Context, log *progress.Log, do func() error) error {
	first := do()
	if first == nil || ctx.Err() != nil {
		return errors.Join(first, ctx.Err())
	}
	if os.Geteuid() != 0 {
		return first
	}
	log.Say("updating the package lists (apt-get update), since the first attempt failed")
	if err := apt("update"); err != nil {
		return errors.Join(first, err)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return do()
}

// apt runs apt-get to its end whatever happens to us: one that is killed halfway leaves
// packages half installed. It says nothing unless it fails.
func apt(args ...string) error {
	command := exec.Command("apt-get", append([]string{"-o", "DPkg::Lock::Timeout=120"}, args...)...)
	command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_MODE=l")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us, not for it
	out, err := command.CombinedOutput()
	if err != nil {
		return fmt.Errorf("apt-get %s: %w:\n%s", strings.Join(args, " "), err, last(string(out), 10))
	}
	return nil
}

func last(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
