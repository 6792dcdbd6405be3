// Package identity is a node's certificate: read from where Kubernetes mounts it, checked before Kafka sees it, written in
// the one form that Kafka reads, and used by the agent itself.
package identity

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Identity is a certificate with its key, and the CAs that the node trusts. It does not change: a new one is another
// Identity. nil: the node has none.
type Identity struct {
	pair        tls.Certificate // chain and key
	authorities []*x509.Certificate
	pool        *x509.CertPool // of the authorities
	host        string         // the node's own name
	until       time.Time      // when the last chain from the certificate to a CA ends
}

// Until is when the certificate ends; zero where there is none.
func (i *Identity) Until() time.Time {
	if i == nil {
		return time.Time{}
	}
	return i.pair.Leaf.NotAfter
}

// Since is when the certificate became valid; zero where there is none.
func (i *Identity) Since() time.Time {
	if i == nil {
		return time.Time{}
	}
	return i.pair.Leaf.NotBefore
}

// Vouched is until when a CA vouches for the certificate: of the CA and of those between it and the certificate the first
// end, and of several such chains the last one's. Zero where there is none.
func (i *Identity) Vouched() time.Time {
	if i == nil {
		return time.Time{}
	}
	return i.until
}

// Client is how to ask another node: with this certificate, and only one whom the CAs vouch for. It expects this node's own
// name, which stands for every node that is dialed by an address: all pods of a stack are below one service, and the
// certificate's wildcard covers them. Whoever dials a name sets that instead. nil where there is no certificate.
func (i *Identity) Client() *tls.Config {
	if i == nil {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{i.pair}, RootCAs: i.pool, ServerName: i.host,
	}
}

// Server is how to answer other nodes, and nobody else: who asks needs a certificate of the CAs that says that it is one.
// nil where there is no certificate.
func (i *Identity) Server() *tls.Config {
	if i == nil {
		return nil
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{i.pair}, ClientCAs: i.pool,
		ClientAuth: tls.RequireAndVerifyClientCert, VerifyConnection: asNode,
	}
}

// asNode refuses a peer that the CAs vouch for, but not as a node: they may have made certificates for clients, too.
func asNode(state tls.ConnectionState) error {
	if name := state.PeerCertificates[0].Subject.CommonName; name != contract.NodeName {
		return fmt.Errorf("the certificate is that of %q, %q is expected", name, contract.NodeName)
	}
	return nil
}
