package docker

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/debian"
	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
	"github.com/kafka-kraft/kafka-kraft/local/internal/progress"
)

// BaseSuite is the release of Debian whose slim image our Dockerfile builds on. It is called
// as Docker calls it, so that the very same Dockerfile works where that can be pulled.
const BaseSuite = "trixie"

const (
	registryTime = 10 * time.Second // a registry that can be reached names the image faster
	pullTime     = 5 * time.Minute  // for the 30 MB of the image
)

// slim leaves out what the official slim images leave out.
var slim = []string{"man", "doc", "groff", "info", "lintian", "linda", "locale"}

// EnsureDebian gives the engine the slim image of a release of Debian: the one it has, else
// the public one if a registry answers within seconds, else one made here from Debian's
// archive. What is made is kept in the folder cache.
func (e Engine) EnsureDebian(ctx context.Context, log *progress.Log, cache, suite string) error {
	base := "debian:" + suite + "-slim"
	if _, err := process.Run(ctx, e.Command("image", "inspect", "--format", "{{.Id}}", base)...); err == nil {
		return nil
	}
	archive := filepath.Join(cache, "base", suite+"-slim.tar")
	if _, err := os.Stat(archive); err == nil {
		return log.Step("importing the base image "+base, func() error { return e.load(ctx, archive, base) })
	}
	log.Say("asking the registry for %s (at most %s)", base, registryTime)
	err := e.pull(ctx, base)
	if err == nil {
		log.Say("pulled %s", base)
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	log.Say("not to be had from a registry (%v)", err)
	if os.Geteuid() != 0 {
		return fmt.Errorf("%s cannot be pulled, and only root can make it from Debian's archive", base)
	}
	if err := debian.Ensure(ctx, log, "mmdebstrap"); err != nil {
		return err
	}
	return log.Step("making "+base+" from Debian's archive", func() error {
		if err := bootstrap(ctx, suite, archive); err != nil {
			return err
		}
		return e.load(ctx, archive, base)
	})
}

func (e Engine) load(ctx context.Context, archive, base string) error {
	_, err := process.Run(ctx, e.Command("import", "--change", `CMD ["bash"]`, archive, base)...)
	return err
}

// bootstrap makes the root file system of a minimal Debian as an archive.
func bootstrap(ctx context.Context, suite, archive string) error {
	if err := os.MkdirAll(filepath.Dir(archive), 0o755); err != nil {
		return err
	}
	half := archive + ".part"
	defer os.Remove(half) //nolint:errcheck // gone already when all went well
	argv := []string{"mmdebstrap", "--quiet", "--variant=minbase", "--format=tar"}
	for _, folder := range slim {
		argv = append(argv, "--dpkgopt=path-exclude=/usr/share/"+folder+"/*")
	}
	argv = append(argv, "--dpkgopt=path-include=/usr/share/doc/*/copyright")
	argv = append(argv, trust()...)
	argv = append(argv, suite, half)
	if _, err := process.Run(ctx, argv...); err != nil {
		return err
	}
	return os.Rename(half, archive)
}

// siteAuthorities is where Debian keeps certificate authorities that a site added to
// the public ones (update-ca-certificates(8)), for a proxy that all traffic passes, say.
const siteAuthorities = "/usr/local/share/ca-certificates"

// trust are the options by which a build in the base trusts whom this machine trusts;
// it would otherwise fail to fetch anything behind such a proxy.
func trust() []string {
	certificates, err := filepath.Glob(filepath.Join(siteAuthorities, "*.crt"))
	if err != nil || len(certificates) == 0 {
		return nil
	}
	return []string{
		`--customize-hook=mkdir -p "$1` + siteAuthorities + `"`,
		"--customize-hook=copy-in " + strings.Join(certificates, " ") + " " + siteAuthorities,
	}
}

// pull pulls the base. It gives up if the registry has not named the image in time, but lets
// a pull that has begun take as long as a slow line needs.
func (e Engine) pull(ctx context.Context, base string) error {
	ctx, cancel := context.WithTimeout(ctx, pullTime)
	defer cancel()
	argv := e.Command("pull", base)
	command := exec.CommandContext(ctx, argv[0], argv[1:]...)
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	var problems strings.Builder
	command.Stderr = &problems
	if err := command.Start(); err != nil {
		return err
	}
	silent := time.AfterFunc(registryTime, cancel)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		silent.Stop()
	}
	err = command.Wait()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return errors.New("no answer in time")
	default:
		return errors.New(strings.TrimSpace(problems.String()))
	}
}
