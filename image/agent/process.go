package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// process is the JVM as a child. As PID 1 the agent also inherits what other processes leave behind (kubectl exec, a
// tool's child) and has to reap it.
type process struct {
	pid    int
	exited chan syscall.WaitStatus // gets once how it ended
	output *sync.WaitGroup
}

// startProcess starts the program with its output going through out and errOut, and reaps every child until it has ended.
func startProcess(program string, args []string, out, errOut io.Writer) (*process, error) {
	outRead, outWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	errRead, errWrite, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("cannot make a pipe: %w", err)
	}
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", os.DevNull, err)
	}
	defer func() { _ = nothing.Close() }()
	childEnded := make(chan os.Signal, 16)
	signal.Notify(childEnded, syscall.SIGCHLD) // before the start, or a quick death would go unseen

	child, err := os.StartProcess(program, append([]string{program}, args...), &os.ProcAttr{
		Dir: os.TempDir(), Env: os.Environ(), Files: []*os.File{nothing, outWrite, errWrite},
	})
	_, _ = outWrite.Close(), errWrite.Close()
	if err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", program, err)
	}
	pid := child.Pid
	_ = child.Release() // reap waits for it, together with all others
	p := &process{pid: pid, exited: make(chan syscall.WaitStatus, 1), output: &sync.WaitGroup{}}
	for read, to := range map[*os.File]io.Writer{outRead: out, errRead: errOut} {
		p.output.Add(1)
		go func() {
			defer p.output.Done()
			_, _ = io.Copy(to, read)
			_ = read.Close()
		}()
	}
	go p.reap(childEnded)
	return p, nil
}

// reap collects every ended child and reports the JVM's end.
func (p *process) reap(childEnded chan os.Signal) {
	defer signal.Stop(childEnded)
	for {
		for {
			var status syscall.WaitStatus
			pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
			if errors.Is(err, syscall.EINTR) {
				continue
			}
			if err != nil || pid <= 0 {
				break
			}
			if pid == p.pid {
				p.exited <- status
				return
			}
		}
		<-childEnded
	}
}

// exitCode is what a container ends with after such a process: the process's own code, or 128 + signal.
func exitCode(status syscall.WaitStatus) int {
	if status.Signaled() {
		return 128 + int(status.Signal())
	}
	return status.ExitStatus()
}

// drain waits for the last of the output, but not for long: something that the process left behind may hold it open.
func (p *process) drain() {
	done := make(chan struct{})
	go func() {
		p.output.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Second):
	}
}

func (p *process) signal(s syscall.Signal) {
	if err := syscall.Kill(p.pid, s); err != nil {
		say.Warn("cannot send %s to the JVM: %v", s, err)
	}
}
