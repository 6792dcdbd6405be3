package pki

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
)

// SeedBytes is how long a seed is at least: as long as a key.
const SeedBytes = 32

// Seed is what all keys of a cluster are made from, and as secret as they are.
type Seed []byte

// key is the one for a purpose. Who knows it learns nothing of other purposes' keys.
func (s Seed) key(purpose string) (*ecdsa.PrivateKey, error) {
	if len(s) < SeedBytes {
		return nil, fmt.Errorf("a seed of %d bytes is too short: %d are needed", len(s), SeedBytes)
	}
	// A number that is 0 or not below the curve's order is no key; the chance is 2^-32, and
	// the next number is as good.
	const attempts = 8
	for attempt := range attempts {
		number, err := hkdf.Key(sha256.New, s, nil, fmt.Sprintf("kafka-kraft pki 1 %d %s", attempt, purpose), SeedBytes)
		if err != nil {
			return nil, fmt.Errorf("key for %s: %w", purpose, err)
		}
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), number); err == nil {
			return key, nil
		}
	}
	return nil, errors.New("no key can be made from this seed")
}
