package certificates

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

var began = time.Date(2026, 11, 29, 4, 0, 0, 0, time.UTC)

func plan() topology.Plan {
	return topology.Plan{Name: "k", Namespace: "n", Encryption: topology.Required}.Combined(topology.Pool{}).Outside("192.0.2.7", 30092)
}

func run(t *testing.T, args Args) (map[string]record.Resource, error) {
	t.Helper()
	resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
		_, err := New(ctx, "k-certificates", &args)
		return err
	})
	byName := map[string]record.Resource{}
	for _, r := range resources {
		byName[r.Name] = r
	}
	return byName, err
}

// revealed are the fields of an object that must be secret.
func revealed(t *testing.T, data any) map[string]string {
	t.Helper()
	secret, ok := data.(*resource.Secret)
	require.True(t, ok, "%T is no secret", data)
	texts := map[string]string{}
	for key, value := range secret.Element.ObjectValue() {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		text, err := base64.StdEncoding.DecodeString(value.StringValue())
		require.NoError(t, err)
		texts[string(key)] = string(text)
	}
	return texts
}

func TestObjects(t *testing.T) {
	made, err := run(t, Args{Plan: plan(), Now: began, Hosts: []string{"kafka.example.com"}})
	require.NoError(t, err)

	seed := made["k-certificates-seed"]
	assert.Equal(t, []string{"keepers"}, seed.Ignored, "the time that it was made is no reason to make another one")
	assert.Equal(t, map[string]any{"made": "2026-11-29T04:00:00Z"}, seed.Inputs["keepers"])

	node := made["k-certificates"]
	assert.NotContains(t, node.Inputs["metadata"], "name", "a renewal is another Secret, so that pods roll")
	assert.Equal(t, "kubernetes.io/tls", node.Inputs["type"])
	files := revealed(t, node.Inputs["data"])
	assert.Len(t, files, 3)
	trusted(t, files, contract.NodeName, "k-0.k-svc.n.svc.cluster.local", "k-0.k-svc.n", "k-bootstrap", "localhost", "127.0.0.1", "192.0.2.7", "kafka.example.com")

	admin := made["k-certificates-admin"]
	assert.Equal(t, plan().AdminSecret(), admin.Inputs["metadata"].(map[string]any)["name"], "where clients look for it")
	files = revealed(t, admin.Inputs["data"])
	trusted(t, files, contract.AdminName)
	assert.Contains(t, files[ClientProperties], "security.protocol=SSL\n")
	assert.Contains(t, files[ClientProperties], `ssl.keystore.key=-----BEGIN PRIVATE KEY-----\nMI`)
	assert.Equal(t, 6, strings.Count(files[ClientProperties], "\n"), "a line each")

	authorities := made["k-certificates-ca"]
	assert.Equal(t, map[string]any{"ca.crt": files[contract.TLSAuthorities]}, authorities.Inputs["data"], "the CA's certificate is no secret")
	for name, r := range made {
		assert.NotContains(t, fmt.Sprint(r.Inputs), "PRIVATE KEY", name)
	}
}

// trusted holds a certificate against the CA beside it, and its key and name against it.
func trusted(t *testing.T, files map[string]string, name string, hosts ...string) {
	t.Helper()
	_, err := tls.X509KeyPair([]byte(files[contract.TLSCertificate]), []byte(files[contract.TLSKey]))
	require.NoError(t, err)
	block, _ := pem.Decode([]byte(files[contract.TLSCertificate]))
	certificate, err := x509.ParseCertificate(block.Bytes)
	require.NoError(t, err)
	assert.Equal(t, name, certificate.Subject.CommonName)
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM([]byte(files[contract.TLSAuthorities])))
	_, err = certificate.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: began, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	require.NoError(t, err)
	for _, host := range hosts {
		require.NoError(t, certificate.VerifyHostname(host))
	}
}

// A run differs from an earlier one only when a renewal is due.
func TestRenewal(t *testing.T) {
	at := func(now time.Time) map[string]string {
		files, err := Args{Plan: plan(), Now: now}.complete().files(base64.StdEncoding.EncodeToString(make([]byte, 32)), began.Format(time.RFC3339))
		require.NoError(t, err)
		return files
	}
	const day = 24 * time.Hour
	first := at(began)
	assert.Equal(t, first, at(began.Add(60*day-time.Second)))
	second := at(began.Add(60 * day))
	assert.NotEqual(t, first[nodeCertificate], second[nodeCertificate])
	assert.NotEqual(t, first[adminKey], second[adminKey])
	assert.Equal(t, first[authorities], second[authorities], "clients need nothing new")
}

func TestWhatCannotBe(t *testing.T) {
	_, err := run(t, Args{Plan: plan(), Lifetime: time.Hour, CALifetime: 2 * time.Hour})
	require.ErrorContains(t, err, "at least three times as long")
	for name, c := range map[string]struct{ seed, made, says string }{
		"seed": {"%", "", "no base64"}, "time": {"AA==", "yesterday", "when it was made"}, "short": {"AA==", "2026-11-29T04:00:00Z", "too short"},
	} {
		_, err := Args{Plan: plan()}.complete().files(c.seed, c.made)
		require.ErrorContains(t, err, c.says, name)
		assert.NotContains(t, err.Error(), "AA==", "a seed is not shown")
	}
}
