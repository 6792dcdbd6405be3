package kafkaclient

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
)

// Way is how a client reaches the brokers.
type Way string

// The ways. Auto takes the first that works, in this order.
const (
	Auto Way = "" // choose
	// Inside: this program is a pod of the cluster and resolves its names.
	Inside Way = "inside"
	// NodePort: the cluster is open to clients outside, and a node can be reached.
	NodePort Way = "nodePort"
	// Forward: through the Kubernetes API server; see PortForward.
	Forward Way = "forward"
)

// Cluster says where a Kafka is, and who one is there. Inside, Outside and Admin are a
// stack's outputs bootstrapServers, externalBootstrapServers and adminSecret; servers are
// one or more host:port with commas between them.
type Cluster struct {
	Inside  string
	Outside string // empty: not open to clients outside
	// Admin is the name of a Secret in the namespace of Inside, of Kubernetes' type tls:
	// connections are TLS with its certificate, and trust brokers of its ca.crt only. It is
	// read when a connection is made, through the API server of Context. Empty: plaintext.
	Admin string
	// TLS is in place of Admin for who has the certificate at hand. Without a ServerName,
	// each broker is asked for a certificate of the host that it advertises. Nil: see Admin.
	TLS *tls.Config
	// Context of the kubeconfig, and its file (empty: KUBECONFIG, or ~/.kube/config).
	// Only needed for Forward and for Admin.
	Context    string
	Kubeconfig string
	// Way forces one of the ways.
	Way Way
}

// lookTime is how long one way may take to prove that it works.
const lookTime = 3 * time.Second

// Connect makes a client of a cluster, from wherever this program runs, and makes sure
// that a broker answers it. options are added to the client's own. ctx bounds the
// connecting, not the client.
func Connect(ctx context.Context, cluster Cluster, options ...kgo.Opt) (*kgo.Client, error) {
	way, err := cluster.way(ctx)
	if err != nil {
		return nil, err
	}
	own, err := cluster.options(ctx, way)
	if err != nil {
		return nil, err
	}
	client, err := kgo.NewClient(append(own, options...)...)
	if err != nil {
		return nil, fmt.Errorf("kafka client: %w", err)
	}
	if err := client.Ping(ctx); err != nil {
		client.Close()
		return nil, fmt.Errorf("kafka does not answer (%s): %w", way, err)
	}
	return client, nil
}

func (c Cluster) way(ctx context.Context) (Way, error) {
	switch c.Way {
	case Inside, NodePort, Forward:
		return c.Way, nil
	case Auto:
	default:
		return "", fmt.Errorf("way %q: must be %s, %s, %s or empty", c.Way, Inside, NodePort, Forward)
	}
	var errs []error
	// Kubernetes sets the variable in every pod; the name is that of this cluster
	// only if it resolves.
	if os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		err := reachable(ctx, c.Inside)
		if err == nil {
			return Inside, nil
		}
		errs = append(errs, err)
	}
	if c.Outside != "" {
		err := reachable(ctx, c.Outside)
		if err == nil {
			return NodePort, nil
		}
		errs = append(errs, err)
	}
	if c.Context != "" {
		return Forward, nil
	}
	return "", errors.Join(append(errs, errors.New("no way to the brokers: name the Kubernetes context, or run inside the cluster"))...)
}

// reachable tries the addresses until one takes a connection.
func reachable(ctx context.Context, addresses string) error {
	var errs []error
	for address := range strings.SplitSeq(addresses, ",") {
		dialer := net.Dialer{Timeout: lookTime}
		conn, err := dialer.DialContext(ctx, "tcp", strings.TrimSpace(address))
		if err == nil {
			return conn.Close()
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// dialTime is how long a broker that is dialled directly may take to answer, as in kgo itself.
const dialTime = 10 * time.Second

func (c Cluster) options(ctx context.Context, way Way) ([]kgo.Opt, error) {
	who, err := c.identity(ctx)
	if err != nil {
		return nil, err
	}
	seeds := c.Inside
	var dial Dial // nil: kgo's own
	switch way {
	case Inside:
	case NodePort:
		if c.Outside == "" {
			return nil, errors.New("the cluster is not open to clients outside: set kafka-kraft:external")
		}
		seeds = c.Outside
	default:
		config, err := RestConfig(c.Kubeconfig, c.Context)
		if err != nil {
			return nil, err
		}
		forward, err := PortForward(config)
		if err != nil {
			return nil, err
		}
		dial = forward.DialContext
	}
	if who != nil {
		if dial == nil {
			dial = (&net.Dialer{Timeout: dialTime}).DialContext
		}
		dial = who.over(dial)
	}
	options := []kgo.Opt{kgo.SeedBrokers(servers(seeds)...)}
	if dial != nil {
		options = append(options, kgo.Dialer(dial))
	}
	return options, nil
}

// identity is nil for plaintext.
func (c Cluster) identity(ctx context.Context) (*identity, error) {
	switch {
	case c.Admin != "" && c.TLS != nil:
		return nil, errors.New("both Cluster.Admin and Cluster.TLS say who this program is to Kafka: leave one out")
	case c.TLS != nil:
		return given(c.TLS), nil
	case c.Admin == "":
		return nil, nil
	}
	kube, _, err := kubecontext.Client(c.Kubeconfig, c.Context)
	if err != nil {
		return nil, fmt.Errorf("secret %s: %w", c.Admin, err)
	}
	return known(ctx, kube, c.Inside, c.Admin)
}

func servers(addresses string) []string {
	list := strings.Split(addresses, ",")
	for i := range list {
		list[i] = strings.TrimSpace(list[i])
	}
	return list
}
