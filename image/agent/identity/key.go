package identity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// Kinds of PEM blocks.
const (
	certificateBlock = "CERTIFICATE"
	pkcs8Block       = "PRIVATE KEY"
	pkcs1Block       = "RSA PRIVATE KEY"
	sec1Block        = "EC PRIVATE KEY"
	encryptedBlock   = "ENCRYPTED PRIVATE KEY"
)

// readKey reads the one private key of a PEM file, in any of the usual forms, if it is of a kind that Kafka can use.
func readKey(file string) (crypto.Signer, error) {
	text, err := read(file)
	if err != nil {
		return nil, err
	}
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		var key any
		var err error
		switch block.Type {
		case pkcs8Block:
			key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
		case pkcs1Block:
			key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
		case sec1Block:
			key, err = x509.ParseECPrivateKey(block.Bytes)
		case encryptedBlock:
			return nil, fmt.Errorf("%s has a key with a password, which nobody here knows; take the password off", file)
		default:
			continue // such as EC PARAMETERS, which openssl writes before a key
		}
		if block.Headers["DEK-Info"] != "" {
			return nil, fmt.Errorf("%s has a key with a password, which nobody here knows; take the password off", file)
		}
		if err != nil {
			return nil, fmt.Errorf("%s has a key that cannot be read: %w", file, err)
		}
		return usable(file, key)
	}
	return nil, fmt.Errorf("%s has no private key in PEM (-----BEGIN %s-----)", file, pkcs8Block)
}

// usable refuses what Kafka's PEM store (RSA, DSA and EC) or Java's TLS cannot use: every Ed25519 key, and curves that
// nobody uses.
func usable(file string, key any) (crypto.Signer, error) {
	const allowed = "RSA, or ECDSA with P-256, P-384 or P-521, is expected"
	switch k := key.(type) {
	case *rsa.PrivateKey:
		return k, nil
	case *ecdsa.PrivateKey:
		if k.Curve == elliptic.P224() {
			return nil, fmt.Errorf("%s has a key on the curve P-224, which Java has given up: %s", file, allowed)
		}
		return k, nil
	}
	return nil, fmt.Errorf("%s has a key that Kafka cannot read (%T): %s", file, key, allowed)
}
