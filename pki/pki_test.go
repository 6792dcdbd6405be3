package pki

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	day  = 24 * time.Hour
	year = 365 * day
)

var (
	seed  = Seed(bytes.Repeat([]byte{7}, SeedBytes))
	began = time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)
)

func ca(t *testing.T, seed Seed, issued time.Time) *CA {
	t.Helper()
	made, err := NewCA(seed, pkix.Name{CommonName: "kafka CA"}, Span{issued, 10 * year})
	require.NoError(t, err)
	return made
}

func node(t *testing.T, ca *CA, issued time.Time) Certificate {
	t.Helper()
	made, err := ca.Issue(Leaf{Name: "kafka-node", Hosts: []string{"*.kafka-svc.n.svc.cluster.local", "localhost", "127.0.0.1"}, Span: Span{issued, 90 * day}})
	require.NoError(t, err)
	return made
}

func parse(t *testing.T, text string) *x509.Certificate {
	t.Helper()
	block, rest := pem.Decode([]byte(text))
	require.NotNil(t, block)
	assert.Empty(t, rest)
	certificate, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	return certificate
}

// Nothing is kept but the seed and a time, so the same ones must give the same bytes. These
// are written down: with others, an update of this program would renew all certificates.
func TestSameSeedSameBytes(t *testing.T) {
	first, second := ca(t, seed, began), ca(t, seed, began)
	assert.Equal(t, first.PEM, second.PEM)
	assert.Equal(t, node(t, first, began), node(t, second, began))
	assert.Equal(t, "1685d85d7a16171246f113c8415665449", parse(t, first.PEM).SerialNumber.Text(16))
	assert.Equal(t, "14b28171115cc5be949d953db3ea2c77e", parse(t, node(t, first, began).Certificate).SerialNumber.Text(16))
}

func TestAnotherSeedOrTimeIsAnotherKey(t *testing.T) {
	one := ca(t, seed, began)
	other := ca(t, Seed(bytes.Repeat([]byte{8}, SeedBytes)), began)
	assert.NotEqual(t, node(t, one, began).Key, node(t, other, began).Key)
	assert.NotEqual(t, node(t, one, began).Key, node(t, one, began.Add(60*day)).Key)
	admin, err := one.Issue(Leaf{Name: "kafka-admin", Span: Span{began, 90 * day}})
	require.NoError(t, err)
	assert.NotEqual(t, node(t, one, began).Key, admin.Key)
	assert.NotEqual(t, parse(t, node(t, one, began).Certificate).SerialNumber, parse(t, admin.Certificate).SerialNumber)
	_, err = NewCA(Seed("short"), pkix.Name{}, Span{began, year})
	require.ErrorContains(t, err, "5 bytes is too short")
}

func TestWhatACertificateSays(t *testing.T) {
	authority := ca(t, seed, began)
	made := parse(t, node(t, authority, began).Certificate)
	assert.Equal(t, "CN=kafka-node", made.Subject.String(), "Kafka's principal is made from it")
	assert.Equal(t, began.Add(-time.Hour), made.NotBefore, "clocks differ")
	assert.Equal(t, began.Add(90*day), made.NotAfter)
	for _, name := range []string{"kafka-0.kafka-svc.n.svc.cluster.local", "localhost", "127.0.0.1"} {
		require.NoError(t, made.VerifyHostname(name))
	}
	require.Error(t, made.VerifyHostname("kafka-0.kafka-svc.other.svc.cluster.local"))
	assert.False(t, made.IsCA)
	assert.True(t, parse(t, authority.PEM).IsCA)
	admin, err := authority.Issue(Leaf{Name: "kafka-admin", Span: Span{began, 90 * day}})
	require.NoError(t, err)
	assert.Equal(t, []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, parse(t, admin.Certificate).ExtKeyUsage, "nobody's server")
}

// Keys go with their certificates, and who trusts an earlier or a later certificate of the CA
// trusts what the other one signed: a renewal of the CA needs no common step.
func TestTrust(t *testing.T) {
	early, late := ca(t, seed, began), ca(t, seed, began.Add(6*year))
	for name, c := range map[string]struct{ trusted, signer *CA }{
		"same": {early, early}, "signed later": {early, late}, "signed earlier": {late, early},
	} {
		t.Run(name, func(t *testing.T) {
			made := node(t, c.signer, began.Add(6*year))
			_, err := tls.X509KeyPair([]byte(made.Certificate), []byte(made.Key))
			require.NoError(t, err)
			assert.Contains(t, made.Key, "-----BEGIN PRIVATE KEY-----", "PKCS#8, the only one that Kafka reads")
			pool := x509.NewCertPool()
			require.True(t, pool.AppendCertsFromPEM([]byte(c.trusted.PEM)))
			for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
				_, err = parse(t, made.Certificate).Verify(x509.VerifyOptions{Roots: pool, CurrentTime: began.Add(6*year + day), KeyUsages: []x509.ExtKeyUsage{usage}})
				require.NoError(t, err)
			}
		})
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(ca(t, Seed(bytes.Repeat([]byte{8}, SeedBytes)), began).PEM))
	_, err := parse(t, node(t, early, began).Certificate).Verify(x509.VerifyOptions{Roots: pool, CurrentTime: began})
	require.Error(t, err, "another seed is another CA, although it has the same name")
}

func TestIssuedIsAStepFunction(t *testing.T) {
	const lifetime = 90 * day // steps of 60 days
	for name, c := range map[string]struct{ now, want time.Time }{
		"at once":           {began, began},
		"a clock goes slow": {began.Add(-day), began},
		"before it is due":  {began.Add(60*day - 1), began},
		"due":               {began.Add(60 * day), began.Add(60 * day)},
		"nobody came":       {began.Add(200 * day), began.Add(180 * day)},
		"in another zone":   {began.Add(61 * day).In(time.FixedZone("x", 3600)), began.Add(60 * day)},
	} {
		t.Run(name, func(t *testing.T) { assert.Equal(t, c.want, Issued(began, c.now, lifetime)) })
	}
	assert.Equal(t, began, Issued(began.Add(time.Millisecond), began.Add(day), lifetime), "whole seconds")
	assert.Equal(t, began, Issued(began, began.Add(day), 0))
}
