package cluster

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"strings"
	"testing"
)

func readCertificate(t *testing.T, p plan, name string) *x509.Certificate {
	t.Helper()
	pair, err := p.readPair(name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return pair.cert
}

func pool(t *testing.T, p plan, ca string) *x509.CertPool {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AddCert(readCertificate(t, p, ca))
	return roots
}

func TestCertificatesAreGoodForWhatTheyAreFor(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	nodes := numbers(2)
	if err := p.ensurePKI(nodes); err != nil {
		t.Fatal(err)
	}
	for _, c := range certificates(nodes) {
		cert := readCertificate(t, p, c.file)
		for _, ca := range []string{clusterCA, etcdCA, frontCA} {
			_, err := cert.Verify(x509.VerifyOptions{Roots: pool(t, p, ca), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
			if (err == nil) != (ca == c.signer) {
				t.Errorf("%s, signed by %s, as a client of %s: %v", c.file, c.signer, ca, err)
			}
		}
		_, err := cert.Verify(x509.VerifyOptions{Roots: pool(t, p, c.signer), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
		if (err == nil) != c.server {
			t.Errorf("%s as a server: %v", c.file, err)
		}
		for _, host := range c.hosts {
			if err := cert.VerifyHostname(host); err != nil {
				t.Errorf("%s: %v", c.file, err)
			}
		}
	}
}

func TestCertificatesAreKeptUnlessTheyHaveToChange(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	serial := func(name string) string { return readCertificate(t, p, name).SerialNumber.String() }
	if err := p.ensurePKI(numbers(1)); err != nil {
		t.Fatal(err)
	}
	ca, server, admin := serial(clusterCA), serial("apiserver"), serial("admin")
	if err := os.WriteFile(p.pki("admin.key"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := p.ensurePKI(numbers(2)); err != nil {
		t.Fatal(err)
	}
	if serial(clusterCA) != ca || serial("apiserver") != server {
		t.Error("what was good was made again")
	}
	if serial("admin") == admin {
		t.Error("a damaged key was kept")
	}
	if err := os.Remove(p.pki(clusterCA + ".key")); err != nil {
		t.Fatal(err)
	}
	if err := p.ensurePKI(numbers(2)); err != nil {
		t.Fatal(err)
	}
	if serial(clusterCA) == ca || serial("apiserver") == server {
		t.Error("what an authority signed outlived it")
	}
}

// A real handshake: the API server's certificate under the people's kubeconfig.
func TestKubeconfigReachesTheServerItNames(t *testing.T) {
	t.Parallel()
	p := testPlan(t)
	if err := p.ensurePKI(numbers(1)); err != nil {
		t.Fatal(err)
	}
	if err := p.ensureKubeconfigs(numbers(1)); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(p.home.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(p.home.Kubeconfig()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	var config struct {
		CurrentContext string `json:"current-context"`
		Clusters       []struct {
			Cluster struct {
				Server string `json:"server"`
				CA     []byte `json:"certificate-authority-data"`
			} `json:"cluster"`
		} `json:"clusters"`
		Users []struct {
			User struct {
				Cert []byte `json:"client-certificate-data"`
				Key  []byte `json:"client-key-data"`
			} `json:"user"`
		} `json:"users"`
	}
	if err := json.Unmarshal(content, &config); err != nil {
		t.Fatal(err)
	}
	if config.CurrentContext != ContextName || config.Clusters[0].Cluster.Server != "https://127.0.0.1:6443" {
		t.Errorf("context %s, server %s", config.CurrentContext, config.Clusters[0].Cluster.Server)
	}
	if strings.Contains(string(content), "insecure") {
		t.Error("the server is not verified")
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(config.Clusters[0].Cluster.CA)
	admin, err := tls.X509KeyPair(config.Users[0].User.Cert, config.Users[0].User.Key)
	if err != nil {
		t.Fatal(err)
	}
	server, err := tls.LoadX509KeyPair(p.pki("apiserver.crt"), p.pki("apiserver.key"))
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	answer := make(chan error, 1)
	go func() {
		answer <- tls.Server(far, &tls.Config{Certificates: []tls.Certificate{server}, ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12}).Handshake()
	}()
	if err := tls.Client(near, &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{admin}, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}).Handshake(); err != nil {
		t.Errorf("client: %v", err)
	}
	if err := <-answer; err != nil {
		t.Errorf("server: %v", err)
	}
}
