package cluster

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

const (
	authorityLife   = 10 * 365 * 24 * time.Hour
	certificateLife = 5 * 365 * 24 * time.Hour
	renewBefore     = 365 * 24 * time.Hour // an up within the last year of a certificate renews it
	clockSkew       = 24 * time.Hour       // certificates are valid from this long ago, clocks being what they are
)

// The authorities are as many as Kubernetes' documentation on certificates asks for:
// a client of the API server must not be let in to its database, and nobody but the API
// server may speak for other users to an extension server.
// https://kubernetes.io/docs/setup/best-practices/certificates/
const (
	clusterCA = "ca"
	etcdCA    = "etcd-ca"
	frontCA   = "front-proxy-ca"
)

// certificate describes one that is signed by one of our authorities.
type certificate struct {
	file   string // FILE.crt and FILE.key in the pki folder
	signer string // clusterCA, etcdCA or frontCA
	user   string // common name: for Kubernetes, the user
	groups []string
	server bool     // may identify a server, then also by these
	hosts  []string // names and addresses
}

// certificates lists all that the control plane and the given nodes need.
func certificates(nodes []number) []certificate {
	list := []certificate{
		{file: "etcd", signer: etcdCA, user: "etcd", server: true, hosts: []string{"localhost", "127.0.0.1"}},
		{file: "etcd-client", signer: etcdCA, user: "kube-apiserver"},
		{file: "front-proxy-client", signer: frontCA, user: "front-proxy-client"},
		{file: "apiserver", signer: clusterCA, user: "kube-apiserver", server: true, hosts: []string{
			"kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc." + domain,
			"localhost", "127.0.0.1", gateway, apiService,
		}},
		{file: "apiserver-kubelet-client", signer: clusterCA, user: kubeletClient},
		{file: "admin", signer: clusterCA, user: "kubernetes-admin", groups: []string{"system:masters"}},
		{file: "kube-controller-manager", signer: clusterCA, user: "system:kube-controller-manager"},
		{file: "kube-scheduler", signer: clusterCA, user: "system:kube-scheduler"},
		{file: "kube-proxy", signer: clusterCA, user: "system:kube-proxy"},
		{file: "coredns", signer: clusterCA, user: dnsUser},
		{file: "provisioner", signer: clusterCA, user: provisionerUser},
	}
	for _, n := range nodes {
		list = append(list,
			certificate{file: n.kubelet(), signer: clusterCA, user: "system:node:" + n.name(), groups: []string{"system:nodes"}},
			certificate{file: n.kubelet() + "-server", signer: clusterCA, user: "system:node:" + n.name(), groups: []string{"system:nodes"},
				server: true, hosts: []string{n.name(), n.address()}},
		)
	}
	return list
}

// kubelet is the name of the node's kubelet among certificates and kubeconfig files.
func (n number) kubelet() string { return "kubelet-" + n.String() }

// ensurePKI makes what is missing, damaged or about to expire in the pki folder, and
// leaves the rest as it is.
func (p plan) ensurePKI(nodes []number) error {
	if err := os.MkdirAll(p.data("pki"), 0o700); err != nil {
		return err
	}
	signers := map[string]*pair{}
	for _, name := range []string{clusterCA, etcdCA, frontCA} {
		ca, err := p.ensureAuthority(name)
		if err != nil {
			return fmt.Errorf("certificate authority %s: %w", name, err)
		}
		signers[name] = ca
	}
	for _, c := range certificates(nodes) {
		if err := p.ensureCertificate(c, signers[c.signer]); err != nil {
			return fmt.Errorf("certificate %s: %w", c.file, err)
		}
	}
	return p.ensureTokenKey()
}

// pair is a certificate with its private key.
type pair struct {
	cert *x509.Certificate
	key  crypto.PrivateKey
}

// readPair reads a certificate and its key; one that was renewed without the other, by
// an interruption, is an error.
func (p plan) readPair(name string) (*pair, error) {
	read, err := tls.LoadX509KeyPair(p.pki(name+".crt"), p.pki(name+".key"))
	if err != nil {
		return nil, err
	}
	return &pair{read.Leaf, read.PrivateKey}, nil
}

func (p plan) ensureAuthority(name string) (*pair, error) {
	if have, err := p.readPair(name); err == nil && have.cert.IsCA && time.Until(have.cert.NotAfter) > renewBefore {
		return have, nil
	}
	return p.issue(name, &x509.Certificate{
		Subject: pkix.Name{CommonName: "kafka-kraft local " + name}, NotAfter: time.Now().Add(authorityLife),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}, nil)
}

func (p plan) ensureCertificate(c certificate, signer *pair) error {
	want := &x509.Certificate{
		Subject: pkix.Name{CommonName: c.user, Organization: c.groups}, NotAfter: time.Now().Add(certificateLife),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if c.server {
		// etcd's peers, and clients that reach kubelet through the API server, show theirs too.
		want.ExtKeyUsage = append(want.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	for _, host := range c.hosts {
		if ip := net.ParseIP(host); ip != nil {
			want.IPAddresses = append(want.IPAddresses, ip)
		} else {
			want.DNSNames = append(want.DNSNames, host)
		}
	}
	if have, err := p.readPair(c.file); err == nil && fulfilled(have.cert, want, signer.cert) {
		return nil
	}
	_, err := p.issue(c.file, want, signer)
	return err
}

// fulfilled reports whether have is what is wanted, signed by this very authority, with
// enough time left.
func fulfilled(have, want, signer *x509.Certificate) bool {
	return have.CheckSignatureFrom(signer) == nil &&
		time.Until(have.NotAfter) > renewBefore &&
		have.Subject.CommonName == want.Subject.CommonName &&
		slices.Equal(have.Subject.Organization, want.Subject.Organization) &&
		slices.Equal(have.DNSNames, want.DNSNames) &&
		slices.EqualFunc(have.IPAddresses, want.IPAddresses, net.IP.Equal)
}

// issue makes a key, has the certificate signed (by itself if there is no signer), and
// writes both.
func (p plan) issue(name string, template *x509.Certificate, signer *pair) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template.NotBefore = time.Now().Add(-clockSkew)
	if signer == nil {
		signer = &pair{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(p.writeKey(name, key), p.writePEM(name+".crt", "CERTIFICATE", der)); err != nil {
		return nil, err
	}
	return p.readPair(name)
}

func (p plan) writeKey(name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return p.writePEM(name+".key", "PRIVATE KEY", der)
}

func (p plan) writePEM(file, kind string, der []byte) error {
	return process.WriteFile(p.pki(file), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}

// ensureTokenKey makes the key that signs service accounts' tokens, and its public half.
func (p plan) ensureTokenKey() error {
	const name = "service-account"
	if _, err := os.Stat(p.pki(name + ".pub")); err == nil {
		return nil
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return errors.Join(p.writeKey(name, key), p.writePEM(name+".pub", "PUBLIC KEY", der))
}
