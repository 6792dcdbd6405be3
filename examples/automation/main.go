// Command automation is a small service that gives each pull request a Kafka of its
// own, and takes it away again:
//
//	PUT    /pull-requests/42   makes it, or brings it up to date; answers with its address
//	GET    /pull-requests/42   answers with its address
//	DELETE /pull-requests/42   removes it, records included
//
// A CI job calls it when a pull request is opened, changed and closed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	s := &service{work: ctx}
	flags := flag.NewFlagSet("automation", flag.ContinueOnError)
	listen := flags.String("listen", "localhost:8080", "address to listen on")
	flags.StringVar(&s.namespace, "namespace", "pull-requests", "Kubernetes namespace of all of them")
	flags.StringVar(&s.context, "context", "", "context of the kubeconfig to work in (required)")
	flags.StringVar(&s.image, "image", "", "ready Kafka image; empty builds it")
	flags.StringVar(&s.registry, "registry", "", "where to push a built image to")
	if err := flags.Parse(args); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	// Not by package log: Pulumi's SDK takes its output away.
	fmt.Fprintf(os.Stderr, "listening on http://%s\n", listener.Addr())
	server := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		<-ctx.Done()
		// Work that is going on is canceled by the same signal, and leaves its
		// stack so that the next request for it goes on.
		waiting, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		_ = server.Shutdown(waiting)
	}()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// configuration is one small broker, whose records go with it.
func (s *service) configuration(name string) *config.Config {
	c := config.Default()
	c.Context = s.context
	// All in one namespace, each with names of its own: a namespace is kept when its
	// stack is destroyed, since Kubernetes would delete claims with it.
	c.KubeNamespace, c.ClusterName = s.namespace, name
	c.Brokers = 1
	if c.Image = s.image; c.Image == "" {
		c.ImageRegistry = s.registry
	}
	c.Storage.Mode, c.Storage.Size = config.PerPod, "1Gi"
	c.RetainData = false
	c.Broker.Heap, c.Broker.CPURequest = "256Mi", "50m"
	c.Broker.MemoryRequest, c.Broker.MemoryLimit = "448Mi", "768Mi"
	c.Metrics = false
	c.Timeout = config.Duration(5 * time.Minute)
	return &c
}
