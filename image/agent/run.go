package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/gate"
	"github.com/kafka-kraft/kafka-kraft/image/agent/identity"
	"github.com/kafka-kraft/kafka-kraft/image/agent/lag"
	"github.com/kafka-kraft/kafka-kraft/image/agent/peers"
	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/quorum"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
	"github.com/kafka-kraft/kafka-kraft/image/agent/volume"
	"github.com/kafka-kraft/kafka-kraft/image/agent/watch"
)

// runner is one start of a node, from the checks to the JVM's end.
type runner struct {
	paths    paths
	settings settings.Settings
	node     settings.Node
	metas    []*volume.Meta // of the directories that are formatted
	peers    peers.Network  // the agents of other nodes
	rotation *identity.Rotation
	past     quorum.Past // what a controller knows of a quorum before
	elder    *elder      // what the quorum's age has to be held against beside the starting JVM; nil: it was
	state    *probes.Latest
	begun    time.Time // when this start began
	starts   int       // of this pod, this one included
	holds    gate.Holds
	lag      lag.Watch
}

// run is the container's command. It returns the last JVM's exit code, or 1 with one clear line when it never came to one.
func run(p paths, environ []string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)

	a := &agent{check: func() (*runner, error) { return check(p, environ) }, signals: signals}
	err := a.begin()
	if err == nil {
		err = serve(&a.now)
	}
	if err != nil {
		return refuse(p, err)
	}
	serveMetrics(&a.now)
	return a.run()
}

// ending is how one start of the node came to its end.
type ending struct {
	code  int            // for the container to end with
	cause syscall.Signal // what killed a JVM that was in service, out of which nothing follows for the next one; 0: something else ended it
	words string         // for Kubernetes, if the container ends by itself
}

// run prepares the node and runs its JVM to the end.
func (r *runner) run(signals <-chan os.Signal) ending {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	prepared := make(chan error, 1)
	go func() { prepared <- r.prepare(ctx) }()
	for {
		select {
		case err := <-prepared:
			if err != nil {
				return ending{code: refuse(r.paths, err)}
			}
			return r.runNode(signals)
		case s := <-signals:
			if s != syscall.SIGTERM && s != syscall.SIGINT {
				continue
			}
			say.Info("stop: no JVM runs")
			r.state.Update(func(o *probes.Observation) { o.Stopping = true })
			cancel()
			// Never leave a directory half formatted.
			if err := <-prepared; err != nil && !errors.Is(err, context.Canceled) {
				say.Warn("stop: %v", err)
			}
			return ending{code: 128 + int(s.(syscall.Signal))}
		}
	}
}

// refuse says why there will be no start: each problem on a line of its own.
func refuse(p paths, err error) int {
	for _, line := range strings.Split(err.Error(), "\n") {
		say.Refuse(line)
	}
	leaveLastWords(p.termination, err.Error())
	return 1
}

// runNode starts the JVM and watches it to its end.
func (r *runner) runNode(signals <-chan os.Signal) ending {
	starved := newStarved(r.paths.cgroup)
	looks := time.NewTicker(starvedLooks)
	defer looks.Stop()
	out, errOut := &lastWords{to: os.Stdout}, &lastWords{to: os.Stderr}
	jvm, err := startProcess(r.paths.java, nodeFlags(r.paths, r.settings), out, errOut)
	if err != nil {
		return ending{code: refuse(r.paths, err)}
	}
	r.state.Update(func(o *probes.Observation) { o.Started = true })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	directoryID := ""
	if m := r.formatted(r.node.MetadataDir); m != nil {
		directoryID = m.DirectoryID
	}
	watch.Start(ctx, r.state, r.node, directoryID, watch.Controllers{
		Initial: r.settings.Initial, Life: r.past.Life, Further: r.controllers,
	})
	if r.node.Identity != nil {
		go r.rotation.Watch(ctx)
	}
	go r.watchCache(ctx, jvm.pid, out)
	if r.node.Broker && r.settings.MetricsPort != 0 {
		go r.lag.Run(ctx, r.node, r.state)
	}
	younger := make(chan string, 1)
	if r.elder != nil {
		go func() { younger <- r.elder.beside(ctx) }()
	}

	again, ended := make(chan syscall.Signal, 1), make(chan struct{})
	stopAsked := false
	var refused error
	for {
		select {
		case <-looks.C:
			starved.look()
		case why := <-younger:
			if why != "" {
				refused = errors.New(why)
				jvm.signal(syscall.SIGKILL) // at once: it has served nobody yet, and a moment later it would move records
			}
		case status := <-jvm.exited:
			close(ended)
			r.state.Update(func(o *probes.Observation) { o.Ended = true })
			jvm.drain()
			if refused != nil {
				return ending{code: refuse(r.paths, refused)}
			}
			end := ending{code: exitCode(status)}
			if end.code == 0 || stopAsked {
				return end
			}
			reason := errOut.reason()
			if reason == "" {
				reason = out.reason()
			}
			end.words = fmt.Sprintf("the JVM ended with exit code %d\n%s", end.code, reason)
			// Where the kernel had to find memory, the next JVM would need as much.
			if status.Signaled() && r.state.Read().Served && !starved.lately() {
				end.cause = status.Signal()
			}
			return end
		case s := <-signals:
			number, ok := s.(syscall.Signal)
			switch {
			case !ok:
			case number != syscall.SIGTERM && number != syscall.SIGINT:
				jvm.signal(number) // SIGQUIT, for one, makes the JVM print its threads
			case stopAsked && number == syscall.SIGTERM:
				// A container runtime that was restarted in between asks twice, which is nobody's haste.
				say.Info("stop: SIGTERM came again, which changes nothing; kill -INT 1 in the container goes on at once")
			case stopAsked:
				select {
				case again <- number:
				default:
				}
			default:
				stopAsked = true
				r.state.Update(func(o *probes.Observation) { o.Stopping = true })
				go func() {
					stop := gate.New(r.settings, r.node, r.state, r.controllers, &r.holds)
					stop.Hold(again, ended)
					select {
					case <-ended:
					default:
						r.state.Update(func(o *probes.Observation) { o.Told = true })
						jvm.signal(syscall.SIGTERM)
						go r.endHung(jvm, ended)
						stop.WatchConsent(jvm.signal, ended)
					}
				}()
			}
		}
	}
}

// endHung ends a JVM that hangs in its stop. Kubernetes would wait for all of the grace period, which is long, since it is
// meant for stops that are held back.
func (r *runner) endHung(jvm *process, ended <-chan struct{}) {
	for told := time.Now(); ; {
		select {
		case <-ended:
			return
		case <-time.After(time.Second):
		}
		if why := r.state.Read().Hung(time.Since(told)); why != "" {
			say.Error("stop: %s; it is killed, and its logs are recovered at the next start", why)
			jvm.signal(syscall.SIGKILL)
			return
		}
	}
}
