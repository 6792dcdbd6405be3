package sample

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"path/filepath"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Authority is a CA of a test's own.
type Authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         crypto.Signer
}

// NewAuthority makes a CA.
func NewAuthority(t *testing.T) Authority {
	t.Helper()
	key := P256(t)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "a CA"}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageCertSign, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(100 * time.Hour),
	}
	return Authority{t: t, certificate: sign(t, template, template, key, key), key: key}
}

// PEM is the CA's certificate.
func (a Authority) PEM() string { return block("CERTIFICATE", a.certificate.Raw) }

// Certify makes a node's certificate for names, valid from an hour ago to in an hour, in PEM. change, if not nil, makes it
// another one.
func (a Authority) Certify(key crypto.Signer, change func(*x509.Certificate), names ...string) string {
	a.t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: contract.NodeName}, DNSNames: names,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	if change != nil {
		change(template)
	}
	return block("CERTIFICATE", sign(a.t, template, a.certificate, key, a.key).Raw)
}

// Below makes a CA between this one and the certificates that it makes.
func (a Authority) Below() Authority {
	a.t.Helper()
	key := P256(a.t)
	template := *a.certificate
	template.Subject.CommonName = "a CA between"
	return Authority{t: a.t, certificate: sign(a.t, &template, a.certificate, key, a.key), key: key}
}

// Mount puts a certificate for names, its key and the CA into a folder, as Kubernetes mounts a Secret, and returns it.
func (a Authority) Mount(change func(*x509.Certificate), names ...string) (dir string) {
	a.t.Helper()
	key := P256(a.t)
	dir = filepath.Join(a.t.TempDir(), "mount")
	Put(a.t, filepath.Join(dir, contract.TLSCertificate), a.Certify(key, change, names...))
	Put(a.t, filepath.Join(dir, contract.TLSKey), KeyPEM(a.t, key))
	Put(a.t, filepath.Join(dir, contract.TLSAuthorities), a.PEM())
	return dir
}

// P256 makes a key.
func P256(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// KeyPEM is a key in PKCS#8.
func KeyPEM(t *testing.T, key crypto.Signer) string {
	t.Helper()
	data, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return block("PRIVATE KEY", data)
}

func sign(t *testing.T, template, parent *x509.Certificate, of, by crypto.Signer) *x509.Certificate {
	t.Helper()
	data, err := x509.CreateCertificate(rand.Reader, template, parent, of.Public(), by)
	if err != nil {
		t.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(data)
	if err != nil {
		t.Fatal(err)
	}
	return certificate
}

func block(kind string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
}
