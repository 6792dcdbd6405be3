package kafkaclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"
)

// Dial opens a connection, in the form that kgo.Dialer wants.
type Dial = func(ctx context.Context, network, address string) (net.Conn, error)

// handshakeTime is how long a broker may take to agree on TLS. A busy one answers late, one that
// hangs never.
const handshakeTime = 10 * time.Second

// identity is who a client is to the brokers, and whom it takes for one of them.
type identity struct {
	name string // as errors call it
	// config is asked for each connection, so that a certificate that is renewed while a client
	// runs is the one that counts.
	config func(context.Context) (*tls.Config, error)
}

// given is an identity that the caller has at hand.
func given(config *tls.Config) *identity {
	return &identity{name: "Cluster.TLS", config: func(context.Context) (*tls.Config, error) { return config, nil }}
}

// over speaks TLS over connections of dial. The broker must have a certificate for the host that
// is dialled, which is the one that it advertises.
func (i *identity) over(dial Dial) Dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, _, err := net.SplitHostPort(address)
		if err != nil {
			return nil, fmt.Errorf("kafka address %q: want host:port: %w", address, err)
		}
		config, err := i.config(ctx)
		if err != nil {
			return nil, err
		}
		if config = config.Clone(); config.ServerName == "" {
			config.ServerName = host
		}
		plain, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		ctx, over := context.WithTimeoutCause(ctx, handshakeTime, fmt.Errorf("no TLS within %s", handshakeTime))
		defer over()
		conn := tls.Client(plain, config)
		if err := conn.HandshakeContext(ctx); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			_ = plain.Close()
			return nil, i.explain(address, err)
		}
		return &secured{Conn: conn, explain: func(err error) error { return i.explain(address, err) }}, nil
	}
}

// explain says what a failure of TLS means.
func (i *identity) explain(address string, err error) error {
	var (
		stranger x509.UnknownAuthorityError
		namesake x509.HostnameError
		invalid  x509.CertificateInvalidError
		noTLS    tls.RecordHeaderError
		word     *net.OpError
	)
	switch {
	case errors.As(err, &stranger):
		return fmt.Errorf("broker %s has a certificate of no CA that %s trusts, so it may be anybody: %w", address, i.name, err)
	case errors.As(err, &namesake):
		return fmt.Errorf("broker %s has a certificate of other names, so it may be another one: %w", address, err)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Errorf("broker %s has a certificate that is not valid now, if this machine's clock is right: %w", address, err)
	case errors.As(err, &noTLS):
		return fmt.Errorf("broker %s does not speak TLS: %w", address, err)
	case errors.As(err, &word) && word.Op == remote:
		return fmt.Errorf("broker %s refuses the certificate of %s: %w", address, i.name, err)
	}
	return fmt.Errorf("broker %s: TLS: %w", address, err)
}

// remote is what crypto/tls calls that the other side has ended it, and why.
const remote = "remote error"

// secured is a connection whose handshake is done. With TLS 1.3 that is so before the broker has
// judged the client's certificate: a refusal is what is read first.
type secured struct {
	*tls.Conn
	explain func(error) error
}

func (s *secured) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	var word *net.OpError
	if errors.As(err, &word) && word.Op == remote {
		err = s.explain(err)
	}
	return n, err
}
