package automation

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/client-go/rest"

	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
	"github.com/kafka-kraft/kafka-kraft/tests/internal/kit"
)

// serverOf is the local cluster's part of a kubeconfig.
func serverOf(t *testing.T) string {
	t.Helper()
	config, err := kubecontext.RestConfig("", kit.Context)
	require.NoError(t, err)
	require.NoError(t, rest.LoadTLSFiles(config))
	return fmt.Sprintf("{server: %q, certificate-authority-data: %s}", config.Host, base64.StdEncoding.EncodeToString(config.CAData))
}

// expired is a user with a client certificate of yesterday.
func expired(t *testing.T) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "admin", Organization: []string{"system:masters"}},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(-24 * time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	private, err := x509.MarshalECPrivateKey(key)
	require.NoError(t, err)
	data := func(kind string, bytes []byte) string {
		return base64.StdEncoding.EncodeToString(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	return fmt.Sprintf("{client-certificate-data: %s, client-key-data: %s}", data("CERTIFICATE", certificate), data("EC PRIVATE KEY", private))
}
