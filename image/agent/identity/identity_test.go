package identity

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/internal/sample"
)

const (
	host     = "kafka-1.kafka-headless.kafka.svc.cluster.local"
	wildcard = "*.kafka-headless.kafka.svc.cluster.local"
)

func TestWithoutAMountThereIsNoIdentity(t *testing.T) {
	i, err := Read(filepath.Join(t.TempDir(), "none"), host, time.Now())
	if i != nil || err != nil {
		t.Fatalf("%v, %v", i, err)
	}
	dir := t.TempDir()
	if err := i.Write(dir); err != nil || !i.Until().IsZero() || i.Client() != nil {
		t.Errorf("%v, %v", err, i.Until())
	}
	if files, _ := os.ReadDir(dir); len(files) > 0 {
		t.Errorf("written: %v", files)
	}
}

// Whatever form a key comes in, Kafka gets it in PKCS#8, the chain whole, and nobody else gets to read them.
func TestWrite(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey := sample.P256(t)
	sec1, err := x509.MarshalECPrivateKey(ecKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		key  crypto.Signer
		text string
	}{
		"RSA, PKCS#8": {rsaKey, sample.KeyPEM(t, rsaKey)},
		"RSA, PKCS#1": {rsaKey, block("RSA PRIVATE KEY", x509.MarshalPKCS1PrivateKey(rsaKey))},
		"EC, PKCS#8":  {ecKey, sample.KeyPEM(t, ecKey)},
		"EC, SEC 1 behind its parameters": {ecKey,
			block("EC PARAMETERS", []byte{6, 8, 42, 134, 72, 206, 61, 3, 1, 7}) + block("EC PRIVATE KEY", sec1)},
	} {
		root := sample.NewAuthority(t)
		between := root.Below()
		dir := root.Mount(nil, wildcard, "localhost")
		put(t, dir, contract.TLSCertificate, between.Certify(test.key, nil, wildcard, "localhost")+between.PEM())
		put(t, dir, contract.TLSKey, test.text)
		second := sample.NewAuthority(t)
		put(t, dir, contract.TLSAuthorities, "a comment\n"+root.PEM()+second.PEM())

		i, err := Read(dir, host, time.Now())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		out := filepath.Join(t.TempDir(), "kafka")
		for range 2 { // the second time it replaces what is there
			if err := i.Write(out); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		store := text(t, filepath.Join(out, "node.pem"))
		if _, err := tls.X509KeyPair([]byte(store), []byte(store)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if strings.Count(store, "BEGIN PRIVATE KEY") != 1 || strings.Count(store, "BEGIN CERTIFICATE") != 2 {
			t.Errorf("%s: the key store has other blocks than a key in PKCS#8 and two certificates", name)
		}
		if got := text(t, filepath.Join(out, "trust.pem")); got != root.PEM()+second.PEM() {
			t.Errorf("%s: trust store:\n%s", name, got)
		}
		want := fmt.Sprintf("security.protocol=SSL\nssl.keystore.type=PEM\nssl.keystore.location=%[1]s/node.pem\n"+
			"ssl.truststore.type=PEM\nssl.truststore.location=%[1]s/trust.pem\n", out)
		if got := text(t, filepath.Join(out, "admin.properties")); got != want {
			t.Errorf("%s: admin.properties:\n%s", name, got)
		}
		files, err := os.ReadDir(out)
		if err != nil || len(files) != 3 {
			t.Errorf("%s: %v, %v", name, files, err)
		}
		for _, file := range files {
			if info, err := file.Info(); err != nil || info.Mode() != 0o600 {
				t.Errorf("%s: %s: %v, %v", name, file.Name(), info.Mode(), err)
			}
		}
		if left := time.Until(i.Until()); left < 59*time.Minute || left > time.Hour {
			t.Errorf("%s: until %s", name, i.Until())
		}
	}
}

func TestNames(t *testing.T) {
	authority := sample.NewAuthority(t)
	for name, test := range map[string]struct {
		names []string
		host  string
	}{
		"the wildcard":           {[]string{wildcard, "localhost"}, host},
		"each pod's own name":    {[]string{"kafka-0.kafka-headless.kafka.svc.cluster.local", host, "localhost"}, host},
		"a node without a name":  {[]string{"localhost"}, ""},
		"one that is local only": {[]string{"localhost"}, "localhost"},
	} {
		if _, err := Read(authority.Mount(nil, test.names...), test.host, time.Now()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRefusals: each problem is one line, and says what to look at.
func TestRefusals(t *testing.T) {
	authority := sample.NewAuthority(t)
	_, ed25519Key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	change := func(how func(*x509.Certificate)) func(string) string {
		return func(string) string { return authority.Mount(how, wildcard, "localhost") }
	}
	file := func(name, text string) func(string) string {
		return func(dir string) string { put(t, dir, name, text); return dir }
	}
	without := func(name string) func(string) string {
		return func(dir string) string {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			return dir
		}
	}
	for name, test := range map[string]struct {
		mount func(dir string) string
		want  []string // one for each line
	}{
		"no certificate":   {without("tls.crt"), []string{"tls.crt is missing: the Secret needs tls.crt, tls.key and ca.crt"}},
		"no key":           {without("tls.key"), []string{"tls.key is missing"}},
		"no CA":            {without("ca.crt"), []string{"ca.crt is missing"}},
		"no PEM":           {file("tls.crt", "nonsense"), []string{"tls.crt has no certificate in PEM"}},
		"damaged":          {file("tls.crt", block("CERTIFICATE", []byte("x"))), []string{"tls.crt has a certificate that cannot be read"}},
		"no key in PEM":    {file("tls.key", authority.PEM()), []string{"tls.key has no private key in PEM"}},
		"damaged key":      {file("tls.key", block("PRIVATE KEY", []byte("x"))), []string{"tls.key has a key that cannot be read"}},
		"no CA in PEM":     {file("ca.crt", ""), []string{"ca.crt has no certificate in PEM"}},
		"password":         {file("tls.key", block("ENCRYPTED PRIVATE KEY", []byte("x"))), []string{"tls.key has a key with a password"}},
		"openssl password": {file("tls.key", oldPassword()), []string{"tls.key has a key with a password"}},
		"Ed25519":          {file("tls.key", sample.KeyPEM(t, ed25519Key)), []string{"tls.key has a key that Kafka cannot read (ed25519.PrivateKey): RSA"}},
		"P-224":            {file("tls.key", sample.KeyPEM(t, p224)), []string{"P-224"}},
		"another key":      {file("tls.key", sample.KeyPEM(t, sample.P256(t))), []string{"the key in tls.key does not belong to this certificate"}},
		"another CA":       {file("ca.crt", sample.NewAuthority(t).PEM()), []string{"no CA in ca.crt vouches for the certificate"}},
		"expired": {change(func(c *x509.Certificate) { c.NotAfter = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).AddDate(-10, 0, 0) }),
			[]string{"the certificate has expired at 2016-01-02T03:04:05Z"}},
		"not yet valid": {change(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) }),
			[]string{"is not valid before"}},
		"another stack's name": {func(string) string { return authority.Mount(nil, "*.other.kafka.svc.cluster.local", "localhost") },
			[]string{"is not for the name " + host + ", only for *.other.kafka.svc.cluster.local, localhost"}},
		"no name": {func(string) string { return authority.Mount(nil) }, []string{"is not for the name " + host + ", only for none", "is not for the name localhost"}},
		"a client's": {change(func(c *x509.Certificate) { c.Subject.CommonName = "orders" }),
			[]string{`tls.crt: the certificate's common name is "orders"; "kafka-node" is expected`}},
		"for servers only": {change(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }),
			[]string{"both server and client authentication"}},
		"everything at once": {func(string) string {
			dir := authority.Mount(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) }, wildcard)
			put(t, dir, "tls.key", sample.KeyPEM(t, sample.P256(t)))
			return dir
		}, []string{"does not belong", "has expired", "name localhost"}},
		"two files": {func(string) string { return t.TempDir() }, []string{"tls.crt is missing", "tls.key is missing", "ca.crt is missing"}},
	} {
		_, err := Read(test.mount(authority.Mount(nil, wildcard, "localhost")), host, time.Now())
		if err == nil {
			t.Errorf("%s: taken", name)
			continue
		}
		lines := strings.Split(err.Error(), "\n")
		if len(lines) != len(test.want) {
			t.Errorf("%s: %d lines, want %d: %v", name, len(lines), len(test.want), err)
			continue
		}
		for n, want := range test.want {
			if !strings.Contains(lines[n], want) {
				t.Errorf("%s: %q, want %q", name, lines[n], want)
			}
		}
	}
}

func TestBothUsages(t *testing.T) {
	dir := sample.NewAuthority(t).Mount(func(c *x509.Certificate) {
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	}, wildcard, "localhost")
	if _, err := Read(dir, host, time.Now()); err != nil {
		t.Error(err)
	}
}

// Nodes answer nodes, and nobody else whom the CA knows.
func TestServer(t *testing.T) {
	authority := sample.NewAuthority(t)
	node, err := Read(authority.Mount(nil, "localhost"), "", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.TLS = node.Server()
	server.StartTLS()
	defer server.Close()
	client := func(a sample.Authority, name string) *tls.Config {
		key := sample.P256(t)
		pair, err := tls.X509KeyPair([]byte(a.Certify(key, func(c *x509.Certificate) { c.Subject.CommonName = name })), []byte(sample.KeyPEM(t, key)))
		if err != nil {
			t.Fatal(err)
		}
		config := node.Client()
		config.Certificates = []tls.Certificate{pair}
		return config
	}
	none := node.Client()
	none.Certificates = nil
	for name, test := range map[string]struct {
		config *tls.Config
		taken  bool
	}{
		"a node":                {node.Client(), true},
		"a client":              {client(authority, "orders"), false},
		"a node of another CA":  {client(sample.NewAuthority(t), contract.NodeName), false},
		"without a certificate": {none, false},
	} {
		asking := http.Client{Transport: &http.Transport{TLSClientConfig: test.config}}
		response, err := asking.Get(server.URL)
		if err == nil {
			_ = response.Body.Close()
		}
		if (err == nil) != test.taken {
			t.Errorf("%s: %v", name, err)
		}
		asking.CloseIdleConnections()
	}
}

func put(t *testing.T, dir, name, text string) {
	t.Helper()
	sample.Put(t, filepath.Join(dir, name), text)
}

func text(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func block(kind string, data []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}))
}

// oldPassword is a key as openssl 1 wrote it with a password.
func oldPassword() string {
	return string(pem.EncodeToMemory(&pem.Block{
		Type: "RSA PRIVATE KEY", Bytes: []byte("x"), Headers: map[string]string{"Proc-Type": "4,ENCRYPTED", "DEK-Info": "AES-256-CBC,00"},
	}))
}

// Vouched is the first end on the way to a CA, and with several ways the last of those.
func TestVouched(t *testing.T) {
	now := time.Now()
	until := func(days int) *x509.Certificate { return &x509.Certificate{NotAfter: now.AddDate(0, 0, days)} }
	leaf := until(1)
	for name, test := range map[string]struct {
		chains [][]*x509.Certificate
		want   *x509.Certificate
	}{
		"one CA":                   {[][]*x509.Certificate{{leaf, until(300)}}, until(300)},
		"an intermediate":          {[][]*x509.Certificate{{leaf, until(30), until(300)}}, until(30)},
		"an old and a new CA":      {[][]*x509.Certificate{{leaf, until(3)}, {leaf, until(300)}}, until(300)},
		"a certificate that is CA": {[][]*x509.Certificate{{leaf}}, leaf},
	} {
		if got := lastEnd(test.chains); !got.Equal(test.want.NotAfter) {
			t.Errorf("%s: %s, want %s", name, got, test.want.NotAfter)
		}
	}
	i, err := Read(sample.NewAuthority(t).Mount(nil, wildcard, "localhost"), host, now)
	if err != nil || !i.Vouched().Equal(i.authorities[0].NotAfter) {
		t.Errorf("%v, until %s", err, i.Vouched())
	}
	if !i.Since().Equal(i.pair.Leaf.NotBefore) {
		t.Errorf("since %s", i.Since())
	}
	if i = nil; !i.Vouched().IsZero() || !i.Since().IsZero() {
		t.Error("nobody vouches for no certificate")
	}
}
