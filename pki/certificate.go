package pki

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"time"
)

// early is how long before it is issued a certificate is valid: clocks differ.
const early = time.Hour

// Certificate is one with its key, in PEM.
type Certificate struct {
	Certificate string
	Key         string // PKCS#8, and secret
}

// Span is when a certificate is valid: from an hour before it is issued, for its lifetime.
type Span struct {
	Issued   time.Time
	Lifetime time.Duration
}

// CA signs certificates.
type CA struct {
	// PEM is its certificate, which is no secret.
	PEM string

	seed        Seed
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
}

// NewCA makes one. A later certificate of the same seed has the same key and name, so that
// who trusts either trusts what both have signed.
func NewCA(seed Seed, name pkix.Name, span Span) (*CA, error) {
	key, err := seed.key("ca")
	if err != nil {
		return nil, err
	}
	made, err := create(&x509.Certificate{
		Subject:               name,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}, span, nil, key, key)
	if err != nil {
		return nil, fmt.Errorf("CA: %w", err)
	}
	return &CA{PEM: certificatePEM(made), seed: seed, key: key, certificate: made}, nil
}

// Leaf is what a certificate is for.
type Leaf struct {
	// Name is its common name, and all of its subject.
	Name string
	// Hosts are DNS names and addresses by which a server is reached; none for who is a client
	// only.
	Hosts []string
	Span
}

// Issue signs a certificate. Each span has a key of its own.
func (ca *CA) Issue(leaf Leaf) (Certificate, error) {
	key, err := ca.seed.key(fmt.Sprintf("leaf %s %d", leaf.Name, leaf.Issued.Unix()))
	if err != nil {
		return Certificate{}, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{CommonName: leaf.Name},
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	if len(leaf.Hosts) > 0 {
		template.ExtKeyUsage = append(template.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
	}
	for _, host := range leaf.Hosts {
		if address := net.ParseIP(host); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	made, err := create(template, leaf.Span, ca.certificate, key, ca.key)
	if err != nil {
		return Certificate{}, fmt.Errorf("certificate of %s: %w", leaf.Name, err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return Certificate{}, fmt.Errorf("key of %s: %w", leaf.Name, err)
	}
	return Certificate{
		Certificate: certificatePEM(made),
		Key:         string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret})),
	}, nil
}

// create signs the template for a key; without a parent it signs itself.
func create(template *x509.Certificate, span Span, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) (*x509.Certificate, error) {
	template.NotBefore, template.NotAfter = span.Issued.Add(-early), span.Issued.Add(span.Lifetime)
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	id := sha256.Sum256(public)
	template.SubjectKeyId = id[:20]
	template.SerialNumber = serial(public, template)
	if parent == nil {
		parent = template
	}
	der, err := x509.CreateCertificate(nil, template, parent, &key.PublicKey, signer)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// serial is another one for everything that certificates of a CA differ in: positive, and at
// most 20 bytes (RFC 5280).
func serial(public []byte, of *x509.Certificate) *big.Int {
	sum := sha256.Sum256(fmt.Appendf(nil, "%x %d %d %q %q", public, of.NotBefore.Unix(), of.NotAfter.Unix(), of.DNSNames, of.IPAddresses))
	const bytes = 16
	return new(big.Int).SetBytes(append([]byte{1}, sum[:bytes]...))
}

func certificatePEM(c *x509.Certificate) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw}))
}
