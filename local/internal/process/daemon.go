package process

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Mark is the environment variable that every process started here carries, and hands
// on to its children. Its value is the path of the daemon's record.
const Mark = "KAFKA_KRAFT_DAEMON"

// logLimit is the size in bytes from which on a log is set aside at the next start.
const logLimit = 8 << 20

// Daemon describes a program that is to run in the background.
type Daemon struct {
	Name  string   // what people call it; also names its record and its log
	Run   string   // folder of the record, emptied by a reboot or not
	Logs  string   // folder of the log
	Argv  []string // the program's absolute path and its arguments
	Env   []string // its whole environment, as KEY=value; the mark is added
	Enter []string // a command that enters namespaces and then becomes the program
	Files []string // files it reads when it starts: another content is a reason to start it anew
}

// record is what is kept about a running daemon.
type record struct {
	Process
	Fingerprint string // of everything that it was started with
}

// Running finds the daemon's process, whoever started it.
func (d Daemon) Running() (Process, bool) {
	r, ok := d.read()
	return r.Process, ok
}

// Current reports whether the daemon runs, with the program, arguments and files as they
// are now.
func (d Daemon) Current() bool {
	fingerprint, err := d.fingerprint()
	if err != nil {
		return false
	}
	r, ok := d.read()
	return ok && r.Fingerprint == fingerprint
}

// Start makes the daemon run as described: it leaves one alone that does so already,
// replaces one that runs with other arguments, files or program, and otherwise starts
// it, detached from the terminal. It reports whether it started something.
func (d Daemon) Start(grace time.Duration) (bool, error) {
	fingerprint, err := d.fingerprint()
	if err != nil {
		return false, fmt.Errorf("%s: %w", d.Name, err)
	}
	if r, ok := d.read(); ok {
		if r.Fingerprint == fingerprint {
			return false, nil
		}
		if err := r.Stop(grace); err != nil {
			return false, fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	if err := d.launch(fingerprint); err != nil {
		return false, fmt.Errorf("%s: %w", d.Name, err)
	}
	return true, nil
}

func (d Daemon) launch(fingerprint string) error {
	for _, folder := range []string{d.Run, d.Logs} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
	}
	log, err := openLog(d.LogFile())
	if err != nil {
		return err
	}
	defer log.Close() //nolint:errcheck // the child has its own handle
	argv := append(append([]string{}, d.Enter...), d.Argv...)
	command := exec.Command(argv[0], argv[1:]...)
	command.Dir = "/"
	command.Env = append(append([]string{}, d.Env...), Mark+"="+d.Record())
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for us, not for it
	if err := command.Start(); err != nil {
		return err
	}
	go command.Wait() //nolint:errcheck // collects it should it end while we still run
	p, err := Of(command.Process.Pid)
	if err != nil {
		return d.Died()
	}
	return d.write(record{p, fingerprint})
}

// Stop ends the daemon, as Process.Stop does. One that does not run is no error.
func (d Daemon) Stop(grace time.Duration) error {
	p, ok := d.Running()
	if ok {
		if err := p.Stop(grace); err != nil {
			return fmt.Errorf("%s: %w", d.Name, err)
		}
	}
	if err := os.Remove(d.Record()); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// StopAll ends the daemon and then, by force, all that carries its mark: its children,
// and a process of its own that was started without a record.
func (d Daemon) StopAll(grace time.Duration) error {
	errs := []error{d.Stop(grace)}
	left, err := Marked(Mark, d.Record())
	errs = append(errs, err)
	for _, p := range left {
		errs = append(errs, p.Stop(0))
	}
	return errors.Join(errs...)
}

// Died is the error that tells a person why a daemon that should run does not.
func (d Daemon) Died() error {
	return fmt.Errorf("%s stopped by itself; the end of its log %s:\n%s", d.Name, d.LogFile(), Tail(d.LogFile(), 15))
}

// LogFile is where the daemon's output goes.
func (d Daemon) LogFile() string { return filepath.Join(d.Logs, d.Name+".log") }

// Record is the file that says which process the daemon is; its path is also the mark
// in the environment of that process and its children.
func (d Daemon) Record() string { return filepath.Join(d.Run, d.Name+".pid") }

func (d Daemon) read() (record, bool) {
	var r record
	content, err := os.ReadFile(d.Record())
	if err == nil && json.Unmarshal(content, &r) == nil && r.Alive() {
		return r, true
	}
	return d.adopt()
}

// adopt finds a process that was started, but whose record was never written.
func (d Daemon) adopt() (record, bool) {
	marked, err := Marked(Mark, d.Record())
	if err != nil || len(d.Argv) == 0 {
		return record{}, false
	}
	for _, p := range marked {
		// Its children carry the mark too, but are called with other arguments.
		if sameStart(p.PID, d.Argv) {
			return record{Process: p}, true // without fingerprint: Start replaces it
		}
	}
	return record{}, false
}

func sameStart(pid int, argv []string) bool {
	cmdline, err := os.ReadFile(proc(pid, "cmdline"))
	if err != nil {
		return false
	}
	args := bytes.Split(bytes.TrimSuffix(cmdline, []byte{0}), []byte{0})
	if len(args) < 2 || len(argv) < 2 {
		return len(args) == len(argv)
	}
	return string(args[1]) == argv[1]
}

func (d Daemon) write(r record) error {
	content, err := json.Marshal(r)
	if err != nil {
		return err
	}
	return WriteFile(d.Record(), content, 0o600)
}

func (d Daemon) fingerprint() (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%q %q %q\n", d.Argv, d.Env, d.Enter)
	program, err := os.Stat(d.Argv[0])
	if err != nil {
		return "", err
	}
	fmt.Fprintln(sum, program.Size(), program.ModTime().UnixNano())
	for _, name := range d.Files {
		content, err := os.ReadFile(name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %x\n", name, sha256.Sum256(content))
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > logLimit {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// Tail is the last lines of a file, for an error message.
func Tail(path string, lines int) string {
	text, err := Run(context.Background(), "tail", "-n", strconv.Itoa(lines), path)
	if err != nil {
		return err.Error()
	}
	return strings.TrimRight(text, "\n")
}

// WriteFile writes a file as a whole or not at all, so that an interruption never
// leaves half of one. A file that has this content already is left alone.
func WriteFile(path string, content []byte, mode os.FileMode) error {
	if old, err := os.ReadFile(path); err == nil && bytes.Equal(old, content) {
		return os.Chmod(path, mode)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone already when all went well
	_, err = file.Write(content)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
