package identity

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Read reads and checks the certificate of the node with this host name ("": no name is known) in the folder where the pod
// has it (contract.TLSMount). Without that folder there is no certificate: nil. The error has every problem on a line of its
// own.
func Read(dir, host string, now time.Time) (*Identity, error) {
	if _, err := os.Stat(dir); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	chain, errChain := certificates(filepath.Join(dir, contract.TLSCertificate))
	key, errKey := readKey(filepath.Join(dir, contract.TLSKey))
	authorities, errCA := certificates(filepath.Join(dir, contract.TLSAuthorities))
	if err := errors.Join(errChain, errKey, errCA); err != nil {
		return nil, err
	}
	i := &Identity{pair: tls.Certificate{PrivateKey: key, Leaf: chain[0]}, authorities: authorities, pool: x509.NewCertPool(), host: host}
	if i.host == "" {
		i.host = localhost
	}
	for _, certificate := range chain {
		i.pair.Certificate = append(i.pair.Certificate, certificate.Raw)
	}
	for _, authority := range authorities {
		i.pool.AddCert(authority)
	}
	if err := i.check(filepath.Join(dir, contract.TLSCertificate), chain, key, now); err != nil {
		return nil, err
	}
	return i, nil
}

// read returns a file of the Secret. It is small: Kubernetes takes no Secret of more than 1 MiB.
func read(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is missing: the Secret needs %s, %s and %s", file, contract.TLSCertificate, contract.TLSKey, contract.TLSAuthorities)
	}
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificate: %w", err)
	}
	return text, nil
}

// certificates are all that a PEM file has, at least one.
func certificates(file string) (all []*x509.Certificate, err error) {
	text, err := read(file)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type != certificateBlock {
			continue
		}
		certificate, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("%s has a certificate that cannot be read: %w", file, err)
		}
		all = append(all, certificate)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no certificate in PEM (-----BEGIN %s-----)", file, certificateBlock)
	}
	return all, nil
}
