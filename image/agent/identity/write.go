package identity

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Write writes what Kafka and its tools read into a folder (contract.TLSDir): contract.KeyStore, contract.TrustStore and
// contract.AdminProperties. Nobody but the node's user may read them. Without a certificate nothing is written.
func (i *Identity) Write(dir string) error {
	if i == nil {
		return nil
	}
	keyStore, err := i.keyStore()
	if err != nil {
		return fmt.Errorf("cannot write the certificate's key: %w", err)
	}
	var trust bytes.Buffer
	for _, authority := range i.authorities {
		encode(&trust, certificateBlock, authority.Raw)
	}
	at := func(file string) string { return filepath.Join(dir, filepath.Base(file)) }
	admin := fmt.Sprintf("security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location=%s\nssl.truststore.type=PEM\nssl.truststore.location=%s\n",
		at(contract.KeyStore), at(contract.TrustStore))
	for file, text := range map[string][]byte{
		contract.KeyStore: keyStore, contract.TrustStore: trust.Bytes(), contract.AdminProperties: []byte(admin),
	} {
		if err := replace(at(file), text); err != nil {
			return fmt.Errorf("cannot write what Kafka reads of the certificate: %w", err)
		}
	}
	return nil
}

// keyStore is the key, in the form that Kafka reads whatever it was in, and the chain.
func (i *Identity) keyStore() ([]byte, error) {
	key, err := x509.MarshalPKCS8PrivateKey(i.pair.PrivateKey)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	encode(&out, pkcs8Block, key)
	for _, certificate := range i.pair.Certificate {
		encode(&out, certificateBlock, certificate)
	}
	return out.Bytes(), nil
}

func encode(to *bytes.Buffer, kind string, data []byte) {
	_ = pem.Encode(to, &pem.Block{Type: kind, Bytes: data}) // a buffer takes everything
}

// replace puts a file in the place of another one at once: who reads it finds one or the other. Its mode is 0600.
func replace(file string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	fresh, err := os.CreateTemp(filepath.Dir(file), ".fresh-")
	if err != nil {
		return err
	}
	_, err = fresh.Write(text)
	if closed := fresh.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(fresh.Name(), file)
	}
	if err != nil {
		_ = os.Remove(fresh.Name())
	}
	return err
}
