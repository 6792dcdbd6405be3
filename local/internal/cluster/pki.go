package cluster

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
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
	key  *ecdsa.PrivateKey
}

func (p plan) ensureAuthority(name string) (*pair, error) {
	if have, err := p.readPair(name); err == nil && have.cert.IsCA && time.Until(have.cert.NotAfter) > renewBefore {
		return have, nil
	}
	template, err := template(pkix.Name{CommonName: "kafka-kraft local " + name}, authorityLife)
	if err != nil {
		return nil, err
	}
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature
	return p.issue(name, template, nil)
}

func (p plan) ensureCertificate(c certificate, signer *pair) error {
	if have, err := p.readPair(c.file); err == nil && c.fulfilled(have.cert, signer.cert) {
		return nil
	}
	template, err := template(pkix.Name{CommonName: c.user, Organization: c.groups}, certificateLife)
	if err != nil {
		return err
	}
	template.KeyUsage = x509.KeyUsageDigitalSignature
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	if c.server {
		// etcd's peers, and clients that reach kubelet through the API server, show theirs too.
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	template.DNSNames, template.IPAddresses = c.split()
	_, err = p.issue(c.file, template, signer)
	return err
}

// fulfilled says whether have is what c describes, signed by this very authority, with
// enough time left.
func (c certificate) fulfilled(have, signer *x509.Certificate) bool {
	names, addresses := c.split()
	return have.CheckSignatureFrom(signer) == nil &&
		time.Until(have.NotAfter) > renewBefore &&
		have.Subject.CommonName == c.user &&
		slices.Equal(have.Subject.Organization, c.groups) &&
		slices.Equal(have.DNSNames, names) &&
		slices.EqualFunc(have.IPAddresses, addresses, net.IP.Equal)
}

func (c certificate) split() (names []string, addresses []net.IP) {
	for _, host := range c.hosts {
		if ip := net.ParseIP(host); ip != nil {
			addresses = append(addresses, ip)
		} else {
			names = append(names, host)
		}
	}
	return names, addresses
}

func template(subject pkix.Name, life time.Duration) (*x509.Certificate, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, err
	}
	now := time.Now()
	return &x509.Certificate{SerialNumber: serial, Subject: subject, NotBefore: now.Add(-clockSkew), NotAfter: now.Add(life)}, nil
}

// issue makes a key, has the certificate signed (by itself if there is no signer), and
// writes both.
func (p plan) issue(name string, template *x509.Certificate, signer *pair) (*pair, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	if signer == nil {
		signer = &pair{template, key}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, signer.cert, key.Public(), signer.key)
	if err != nil {
		return nil, err
	}
	if err := p.writeKey(name, key); err != nil {
		return nil, err
	}
	if err := process.WriteFile(p.pki(name+".crt"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &pair{cert, key}, err
}

func (p plan) writeKey(name string, key *ecdsa.PrivateKey) error {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return process.WriteFile(p.pki(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), 0o600)
}

// readPair reads a certificate and its key; one that was renewed without the other, by
// an interruption, is an error.
func (p plan) readPair(name string) (*pair, error) {
	key, err := p.readKey(name)
	if err != nil {
		return nil, err
	}
	der, err := readPEM(p.pki(name+".crt"), "CERTIFICATE")
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	if !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("key and certificate are not a pair")
	}
	return &pair{cert, key}, nil
}

func (p plan) readKey(name string) (*ecdsa.PrivateKey, error) {
	der, err := readPEM(p.pki(name+".key"), "PRIVATE KEY")
	if err != nil {
		return nil, err
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, err
	}
	key, ok := parsed.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%s.key: not an ECDSA key", name)
	}
	return key, nil
}

func readPEM(path, kind string) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(bytes.TrimSpace(content))
	if block == nil || block.Type != kind {
		return nil, fmt.Errorf("%s: holds no %s", path, kind)
	}
	return block.Bytes, nil
}

// ensureTokenKey makes the key that signs service accounts' tokens.
func (p plan) ensureTokenKey() error {
	const name = "service-account"
	key, err := p.readKey(name)
	if err != nil {
		if key, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
			return err
		}
		if err := p.writeKey(name, key); err != nil {
			return err
		}
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return err
	}
	return process.WriteFile(p.pki(name+".pub"), pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600)
}
