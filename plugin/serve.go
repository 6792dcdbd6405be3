package plugin

import (
	"fmt"
	"net"
	"os"
	"sync"

	p "github.com/pulumi/pulumi-go-provider"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// debugProviders names providers that run already and the ports that they listen on; the
// engine attaches to these instead of starting them.
const debugProviders = "PULUMI_DEBUG_PROVIDERS"

// Server is the provider within this process, for the runs of one Pulumi CLI after the
// other or side by side.
type Server struct {
	listener   net.Listener
	kubeconfig string

	mutex sync.Mutex
	open  map[*grpc.Server]bool // nil: closed
}

// Serve begins to serve the provider on a port of the loopback interface. kubeconfig is
// the file in which contexts are looked up; empty: KUBECONFIG, or ~/.kube/config.
func Serve(kubeconfig string) (*Server, error) {
	if _, err := provider(kubeconfig); err != nil {
		return nil, fmt.Errorf("provider %s: %w", Name, err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("provider %s: %w", Name, err)
	}
	s := &Server{listener: listener, kubeconfig: kubeconfig, open: map[*grpc.Server]bool{}}
	go s.accept()
	return s, nil
}

// Env puts into the environment that the CLI is given, on top of this process's, where the
// provider is. What either says of other providers stays.
func (s *Server) Env(environment map[string]string) {
	others, set := environment[debugProviders]
	if !set {
		others = os.Getenv(debugProviders)
	}
	ours := fmt.Sprintf("%s:%d", Name, s.listener.Addr().(*net.TCPAddr).Port)
	if others != "" {
		ours += "," + others // the first of a name counts
	}
	environment[debugProviders] = ours
}

// Close ends what still runs.
func (s *Server) Close() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	_ = s.listener.Close() // nothing comes after
	for server := range s.open {
		server.Stop()
	}
	s.open = nil
}

// accept gives every connection a provider of its own, as if it were a process of its own:
// one that was told to cancel cancels whatever it is asked from then on, and a preview or
// another stack beside it has nothing to do with that.
func (s *Server) accept() {
	for {
		connection, err := s.listener.Accept()
		if err != nil {
			return
		}
		s.serve(connection)
	}
}

func (s *Server) serve(connection net.Conn) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	made, err := provider(s.kubeconfig)
	if err == nil && s.open != nil {
		var served pulumirpc.ResourceProviderServer
		if served, err = p.RawServer(Name, version, made)(nil); err == nil {
			server := grpc.NewServer()
			pulumirpc.RegisterResourceProviderServer(server, served)
			s.open[server] = true
			go s.until(server, newSole(connection))
			return
		}
	}
	_ = connection.Close() // the engine tells that nobody answers
}

// until serves one connection to its end.
func (s *Server) until(server *grpc.Server, connection *sole) {
	_ = server.Serve(connection) // it always ends with an error: the connection's end
	server.Stop()
	s.mutex.Lock()
	defer s.mutex.Unlock()
	delete(s.open, server)
}
