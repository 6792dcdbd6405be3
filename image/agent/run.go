package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// runner is one start of a node, from the checks to the JVM's end.
type runner struct {
	paths    paths
	settings settings
	node     node
	metas    []*meta // of the directories that are formatted
	past     past    // what a controller knows of a quorum before
	elder    *elder  // what the quorum's age has to be held against beside the starting JVM; nil: it was
	state    *state
}

// run is the container's command. It returns the JVM's exit code, or 1 with one clear line when it never came to that.
func run(p paths, environ []string) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGUSR1, syscall.SIGUSR2)

	r, err := check(p, environ)
	if err == nil {
		err = serve(r.state, r.past)
	}
	if err != nil {
		return refuse(p, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	prepared := make(chan error, 1)
	go func() { prepared <- r.prepare(ctx) }()
	for {
		select {
		case err := <-prepared:
			cancel()
			if err != nil {
				return refuse(p, err)
			}
			return r.runNode(signals)
		case s := <-signals:
			if s != syscall.SIGTERM && s != syscall.SIGINT {
				continue
			}
			say("INFO", "stop: the JVM was not started yet")
			r.state.update(func(o *observation) { o.stopping = true })
			cancel()
			<-prepared // never leave a directory half formatted
			return 128 + int(s.(syscall.Signal))
		}
	}
}

// refuse says why there will be no start: each problem on a line of its own.
func refuse(p paths, err error) int {
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(os.Stderr, "kafka-agent:", line)
	}
	leaveLastWords(p.termination, err.Error())
	return 1
}

// check looks at everything that can be wrong before anything is changed, on the volume or elsewhere.
func check(p paths, environ []string) (*runner, error) {
	s, err := parseSettings(environ)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(p.properties)
	if err != nil {
		return nil, fmt.Errorf("cannot read the node's configuration: %w", err)
	}
	rendered, err := render(string(text), s.placeholders())
	if err != nil {
		return nil, err
	}
	props := parseProperties(rendered)
	n, err := parseNode(props, s.nodeID)
	if err != nil {
		return nil, err
	}
	var problems []error
	limit := memoryLimit(p.cgroup)
	if len(s.heap) == 0 {
		s.heap = defaultHeap(limit)
	}
	problems = append(problems, checkHeap(s.heap, limit))
	r := &runner{paths: p, settings: s, node: n, past: past{metadataDir: n.metadataDir, dirs: n.dirs(), life: p.life}}
	for _, dir := range n.dirs() {
		m, err := readMeta(dir)
		if m != nil && err == nil {
			r.metas = append(r.metas, m)
			err = checkOwner(m, s)
		}
		if err == nil {
			err = checkRoom(dir)
		}
		problems = append(problems, err)
	}
	if len(r.metas) > 0 && props["unstable.feature.versions.enable"] != "true" {
		problems = append(problems, checkMetadataVersion(n.metadataDir, p.features))
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	if n.controller {
		if _, err := r.past.history(); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(p.rendered), 0o755); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	if err := os.WriteFile(p.rendered, []byte(rendered), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write the node's configuration: %w", err)
	}
	r.state = newState(s, n)
	return r, nil
}

// formatted returns the directory's meta.properties, nil if it was never formatted.
func (r *runner) formatted(dir string) *meta {
	for _, m := range r.metas {
		if m.dir == dir {
			return m
		}
	}
	return nil
}

// prepare brings the directories into the state in which the JVM may start, and formats only what never was formatted.
func (r *runner) prepare(ctx context.Context) error {
	next := start
	if r.node.controller {
		var err error
		if next, err = r.bootstrap(ctx); err != nil {
			return err
		}
	}
	var err error
	if r.elder, err = r.compare(ctx); err != nil {
		return err
	}
	if len(r.metas) == len(r.node.dirs()) {
		return nil
	}
	if next != form { // where a new quorum is formed, no partition is known
		if err := r.parting(ctx); err != nil {
			return err
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	args := formatArgs(r.paths.rendered, r.settings.clusterID, r.node.controller, next, r.settings.initial, len(r.metas) > 0)
	if err := runFormat(r.paths, args); err != nil {
		return err
	}
	r.metas = nil
	for _, dir := range r.node.dirs() {
		m, err := readMeta(dir)
		if err != nil {
			return err
		}
		if m == nil {
			return fmt.Errorf("kafka-storage.sh format left %s without a meta.properties", dir)
		}
		r.metas = append(r.metas, m)
	}
	if next != form {
		return nil
	}
	_, err = r.bootstrap(ctx)
	return err
}

// startPatience is how long a freshly formatted controller waits for its fellows to be formatted too. One that comes
// later than the first leader joins as a new voter instead, which costs it its planned directory id but nothing else.
const startPatience = 15 * time.Second

// joinPatience is how long the answers have to say that the quorum works without this controller. They may be as old as
// quorumMemory, and other volumes may have been emptied at the same time.
const joinPatience = quorumMemory + stillFetching

// namesPatience is how long a controller with an empty volume waits before it asks for its fellows' names. A name becomes
// known a moment after its pod has an address, and one that is asked for before is unknown for as long as DNS remembers
// that, 5 to 30 s (Kubernetes docs, "StatefulSet", on negative caching).
const namesPatience = 2 * time.Second

// bootstrap waits until decideBootstrap lets this controller go on, and says every 10 s for whom it waits.
func (r *runner) bootstrap(ctx context.Context) (step, error) {
	own, err := r.past.history()
	if err != nil {
		return wait, err
	}
	if err := r.meet(ctx); err != nil {
		return wait, err
	}
	if own.decided() {
		return start, nil
	}
	if own.empty() && len(r.settings.initial) > 1 {
		r.state.update(func(o *observation) { o.waiting = "for the names of the other controllers" })
		select {
		case <-ctx.Done():
			return wait, ctx.Err()
		case <-time.After(namesPatience):
		}
	}
	begin, worksSince, next := time.Now(), time.Time{}, wait
	var failed error
	err = r.hold(ctx, func() string {
		peers := askInitials(ctx, r.node.id, r.settings.initial)
		self, err := r.candidate()
		if err != nil {
			failed = err
			return ""
		}
		var why string
		next, why = decideBootstrap(self, peers)
		if next == wait && self.history == initial && time.Since(begin) > startPatience {
			next = start
		}
		if next != join {
			worksSince = time.Time{}
		} else if worksSince.IsZero() {
			worksSince = time.Now()
		}
		if next == join && time.Since(worksSince) < joinPatience {
			next, why = wait, fmt.Sprintf("%s to be sure: this volume is empty, and %s", joinPatience, why)
		}
		if next == wait {
			return why
		}
		if why != "" {
			say("INFO", "quorum: %s", why)
		}
		return ""
	})
	return next, errors.Join(err, failed)
}

// candidate looks at this controller as it is now: what was accepted may change while it waits.
func (r *runner) candidate() (candidate, error) {
	c := candidate{
		id: r.node.id, clusterID: r.settings.clusterID, initials: r.settings.initial,
		accepted: r.past.life.accepts(acceptedQuorum),
	}
	var err error
	if c.history, err = r.past.history(); err == nil && c.history == lost {
		c.traces, err = r.past.traces()
	}
	return c, err
}

// runNode starts the JVM, watches it, and returns its exit code.
func (r *runner) runNode(signals <-chan os.Signal) int {
	out, errOut := &lastWords{to: os.Stdout}, &lastWords{to: os.Stderr}
	jvm, err := startProcess(r.paths.java, nodeFlags(r.paths, r.settings), out, errOut)
	if err != nil {
		return refuse(r.paths, err)
	}
	r.state.update(func(o *observation) { o.started = true })
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r.startWatching(ctx)
	go r.watchCache(ctx, jvm.pid, out)
	younger := make(chan string, 1)
	if r.elder != nil {
		go func() { younger <- r.elder.beside(ctx) }()
	}

	again, ended := make(chan syscall.Signal, 1), make(chan struct{})
	stopAsked := false
	var refused error
	for {
		select {
		case why := <-younger:
			if why != "" {
				refused = errors.New(why)
				jvm.signal(syscall.SIGKILL) // at once: it has served nobody yet, and a moment later it would move records
			}
		case code := <-jvm.exited:
			close(ended)
			jvm.drain()
			r.state.update(func(o *observation) { o.ended = true })
			if refused != nil {
				return refuse(r.paths, refused)
			}
			if code != 0 && !stopAsked {
				reason := errOut.reason()
				if reason == "" {
					reason = out.reason()
				}
				leaveLastWords(r.paths.termination, fmt.Sprintf("the JVM ended with exit code %d\n%s", code, reason))
				say("ERROR", "the JVM ended by itself with exit code %d", code)
			}
			return code
		case s := <-signals:
			number, ok := s.(syscall.Signal)
			switch {
			case !ok:
			case number != syscall.SIGTERM && number != syscall.SIGINT:
				jvm.signal(number) // SIGQUIT, for one, makes the JVM print its threads
			case stopAsked && number == syscall.SIGTERM:
				// A container runtime that was restarted in between asks twice, which is nobody's haste.
				say("INFO", "stop: SIGTERM came again, which changes nothing; kill -INT 1 in the container goes on at once")
			case stopAsked:
				select {
				case again <- number:
				default:
				}
			default:
				stopAsked = true
				r.state.update(func(o *observation) { o.stopping = true })
				go func() {
					gate := newStopGate(r.settings, r.node, r.state)
					gate.hold(again, ended)
					select {
					case <-ended:
					default:
						r.state.update(func(o *observation) { o.told = true })
						jvm.signal(syscall.SIGTERM)
						go r.endHung(jvm, ended)
						gate.watchConsent(jvm, ended)
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
		if why := r.state.read().hung(time.Since(told)); why != "" {
			say("ERROR", "stop: %s; it is killed, and its logs are recovered at the next start", why)
			jvm.signal(syscall.SIGKILL)
			return
		}
	}
}

func (r *runner) startWatching(ctx context.Context) {
	if r.node.broker {
		w := &brokerWatch{state: r.state, id: r.node.id, client: client{address: r.node.brokerAddress}}
		go watch(ctx, w.poll)
	}
	if !r.node.controller { // one with both roles hears of its own voter what the quorum does
		go watch(ctx, newCutOffWatch(r.state, r.node.bootstrap).poll)
	}
	if r.node.controller {
		w := &controlWatch{state: r.state, id: r.node.id,
			quorum: newQuorumClient(r.node.controllerAddress, r.node.bootstrap)}
		if m := r.formatted(r.node.metadataDir); m != nil {
			w.directoryID = m.directoryID
		}
		go watch(ctx, w.poll)
	}
}
