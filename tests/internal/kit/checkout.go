package kit

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Checkout is a copy of the checkout in which a test types commands.
type Checkout struct {
	t   *testing.T
	dir string
	env []string
}

// NewCheckout copies what git knows of, and what is new and not ignored.
func NewCheckout(t *testing.T) *Checkout {
	t.Helper()
	Engine(t)
	c := &Checkout{t: t, dir: t.TempDir(), env: os.Environ()}
	for key, value := range StateEnv(t) {
		c.env = append(c.env, key+"="+value)
	}
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = Repo(t)
	names, err := list.Output()
	if err != nil {
		t.Fatalf("git ls-files: %v", err)
	}
	for _, name := range strings.Split(strings.TrimRight(string(names), "\x00"), "\x00") {
		if err := c.copy(name); err != nil {
			t.Fatalf("copying the checkout: %v", err)
		}
	}
	return c
}

// Dir is its root.
func (c *Checkout) Dir() string { return c.dir }

func (c *Checkout) copy(name string) error {
	from, to := filepath.Join(Repo(c.t), name), filepath.Join(c.dir, name)
	info, err := os.Stat(from)
	if os.IsNotExist(err) {
		return nil // deleted, not yet committed
	}
	if err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	// The image is addressed by its content, modes included.
	return os.WriteFile(to, text, info.Mode().Perm())
}

// CopyStack makes a stack file that starts like a released one.
func (c *Checkout) CopyStack(from, to string) {
	c.t.Helper()
	writeStack(c.t, from, filepath.Join(c.dir, "Pulumi."+to+".yaml"))
}

// Run runs a command, which must succeed, and returns its standard output.
func (c *Checkout) Run(command ...string) string {
	c.t.Helper()
	text, err := c.run(c.t.Context(), command...)
	if err != nil {
		c.t.Fatal(err)
	}
	return text
}

// Cleanup runs a command at the end of the test.
func (c *Checkout) Cleanup(command ...string) {
	c.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if _, err := c.run(ctx, command...); err != nil && c.t.Failed() {
			c.t.Log(err) // a test that went well has done it already
		}
	})
}

func (c *Checkout) run(ctx context.Context, command ...string) (string, error) {
	begin := time.Now()
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = c.dir, c.env
	var out, why bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &why
	err := cmd.Run()
	c.t.Logf("$ %s (%s)", strings.Join(command, " "), since(begin))
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out.String()+why.String())
	}
	return out.String(), nil
}
