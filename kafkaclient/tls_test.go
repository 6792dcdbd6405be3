package kafkaclient

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/streaming/pkg/httpstream"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/internal/testing/wire"
)

const (
	brokerHost    = "kafka-0.kafka-svc.ns.svc.cluster.local"
	brokerAddress = brokerHost + ":9095"
)

// pair is a certificate and its key, in PEM.
type pair struct{ certificate, key []byte }

// authority signs certificates.
type authority struct {
	t    *testing.T
	own  pair
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{t: t}
	a.own = a.sign(x509.Certificate{Subject: pkix.Name{CommonName: "ca"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign})
	return a
}

// sign makes a certificate for an hour, if it does not say until when. The first one is the
// authority's own.
func (a *authority) sign(template x509.Certificate) pair {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template.SerialNumber = big.NewInt(1)
	template.NotBefore = time.Now().Add(-2 * time.Hour)
	if template.NotAfter.IsZero() {
		template.NotAfter = time.Now().Add(time.Hour)
	}
	if a.cert == nil {
		a.cert, a.key = &template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, a.cert, &key.PublicKey, a.key)
	require.NoError(a.t, err)
	encoded, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	return pair{
		pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}),
	}
}

// admin is the certificate of who runs the program.
func (a *authority) admin() pair {
	return a.sign(x509.Certificate{Subject: pkix.Name{CommonName: "kafka-admin"}})
}

func (a *authority) node(hosts ...string) pair {
	return a.sign(x509.Certificate{Subject: pkix.Name{CommonName: "kafka-node"}, DNSNames: hosts})
}

func (a *authority) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	require.True(a.t, pool.AppendCertsFromPEM(a.own.certificate))
	return pool
}

// broker is one that speaks Kafka's protocol with clients that have a certificate of a CA, and
// returns the address that it really has. It advertises brokerAddress.
func broker(t *testing.T, node pair, clients *authority) string {
	t.Helper()
	certificate, err := tls.X509KeyPair(node.certificate, node.key)
	require.NoError(t, err)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients.pool(),
	})
	require.NoError(t, err)
	serving(t, listener)
	return listener.Addr().String()
}

func serving(t *testing.T, listener net.Listener) {
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = conn.Close() }()
				wire.Serve(conn, answer)
			}()
		}
	}()
}

func answer(req kmsg.Request) kmsg.Response {
	resp := req.ResponseKind()
	switch r := resp.(type) {
	case *kmsg.ApiVersionsResponse:
		wire.Versions(r)
	case *kmsg.MetadataResponse:
		node := kmsg.NewMetadataResponseBroker()
		node.Host, node.Port = brokerHost, 9095
		r.Brokers = []kmsg.MetadataResponseBroker{node}
	}
	return resp
}

// cluster has a Secret ns/kafka-admin and a pod, whose ports all lead to one address.
type cluster struct {
	url string

	mutex  sync.Mutex
	secret *corev1.Secret // nil: there is none
	away   bool           // it does not answer for Secrets
}

func newCluster(t *testing.T, pod string, secret *corev1.Secret) *cluster {
	t.Helper()
	k := &cluster{secret: secret}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/namespaces/ns/secrets/kafka-admin", func(w http.ResponseWriter, _ *http.Request) {
		k.mutex.Lock()
		defer k.mutex.Unlock()
		var found any = k.secret
		w.Header().Set("Content-Type", "application/json")
		switch {
		case k.away:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case k.secret == nil:
			w.WriteHeader(http.StatusNotFound)
			found = metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Reason: metav1.StatusReasonNotFound, Code: http.StatusNotFound}
		}
		assert.NoError(t, json.NewEncoder(w).Encode(found))
	})
	mux.HandleFunc("/api/v1/namespaces/ns/pods/kafka-0/portforward", forwarding(t, func(_ *http.Request, data, failure httpstream.Stream) {
		defer func() { _, _ = failure.Close(), data.Close() }()
		conn, err := net.Dial("tcp", pod)
		if err != nil {
			_, _ = failure.Write([]byte(err.Error()))
			return
		}
		go func() {
			_, _ = io.Copy(conn, data)
			_ = conn.Close()
		}()
		_, _ = io.Copy(data, conn)
	}))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	k.url = server.URL
	return k
}

// set changes what Kubernetes has.
func (k *cluster) set(secret *corev1.Secret, away bool) {
	k.mutex.Lock()
	defer k.mutex.Unlock()
	k.secret, k.away = secret, away
}

// reached is how Kafka is reached by a port-forward.
func (k *cluster) reached(t *testing.T) Cluster {
	t.Helper()
	text, err := yaml.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Config",
		"clusters": []any{map[string]any{"name": "c", "cluster": map[string]any{"server": k.url}}},
		"contexts": []any{map[string]any{"name": "here", "context": map[string]any{"cluster": "c", "user": ""}}},
	})
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "kubeconfig")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	return Cluster{Inside: brokerAddress, Admin: "kafka-admin", Kubeconfig: file, Context: "here", Way: Forward}
}

func secretOf(ca *authority, who pair) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta: metav1.TypeMeta{Kind: "Secret", APIVersion: "v1"}, Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{"tls.crt": who.certificate, "tls.key": who.key, "ca.crt": ca.own.certificate},
	}
}

func connect(t *testing.T, cluster Cluster) (*kgo.Client, error) {
	t.Helper()
	ctx, over := context.WithTimeout(t.Context(), 20*time.Second)
	defer over()
	client, err := Connect(ctx, cluster)
	if err == nil {
		t.Cleanup(client.Close)
	}
	return client, err
}

// Both sides show a certificate of the same CA, the broker one of the name that it advertises.
func TestTLSThroughThePortForward(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	kube := newCluster(t, broker(t, ca.node(brokerHost), ca), secretOf(ca, ca.admin()))
	client, err := connect(t, kube.reached(t))
	require.NoError(t, err)
	require.NoError(t, client.Ping(t.Context()), "the broker that the seed told of, too")

	plain := kube.reached(t)
	plain.Admin = ""
	_, err = connect(t, plain)
	require.Error(t, err, "the broker speaks nothing else")
}

func TestTLSAtHand(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	who := ca.admin()
	certificate, err := tls.X509KeyPair(who.certificate, who.key)
	require.NoError(t, err)
	kube := newCluster(t, broker(t, ca.node(brokerHost), ca), nil)
	cluster := kube.reached(t)
	cluster.TLS = &tls.Config{RootCAs: ca.pool(), Certificates: []tls.Certificate{certificate}}
	_, err = connect(t, cluster)
	require.ErrorContains(t, err, "leave one out")
	cluster.Admin = ""
	_, err = connect(t, cluster)
	require.NoError(t, err)
	assert.Empty(t, cluster.TLS.ServerName, "what the caller has is not changed")
	cluster.TLS = &tls.Config{RootCAs: ca.pool()}
	_, err = connect(t, cluster)
	require.ErrorContains(t, err, "refuses the certificate of Cluster.TLS")
}

// Clients outside dial an address of a Kubernetes node.
func TestTLSWithoutThePortForward(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	node := ca.sign(x509.Certificate{Subject: pkix.Name{CommonName: "kafka-node"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}})
	address := broker(t, node, ca)
	cluster := newCluster(t, address, secretOf(ca, ca.admin())).reached(t)
	cluster.Outside, cluster.Way = address, NodePort
	_, err := connect(t, cluster)
	require.NoError(t, err)
	cluster.Context = ""
	_, err = connect(t, cluster)
	require.ErrorContains(t, err, "secret kafka-admin: name the Kubernetes context")
	cluster.Context, cluster.Inside = "here", address
	_, err = connect(t, cluster)
	require.ErrorContains(t, err, "secret kafka-admin is in the namespace of the bootstrap servers")
}

func TestTLSRefused(t *testing.T) {
	t.Parallel()
	ca, stranger := newAuthority(t), newAuthority(t)
	old := time.Now().Add(-time.Hour)
	for name, c := range map[string]struct {
		node    pair
		secret  *corev1.Secret
		clients *authority
		want    []string
	}{
		"the broker's CA": {stranger.node(brokerHost), secretOf(ca, ca.admin()), ca, []string{
			"broker " + brokerAddress + " has a certificate of no CA that secret ns/kafka-admin trusts",
		}},
		"the broker's name": {ca.node("kafka-1.kafka-svc.ns.svc.cluster.local"), secretOf(ca, ca.admin()), ca, []string{
			"broker " + brokerAddress + " has a certificate of other names", "kafka-1.kafka-svc.ns.svc.cluster.local",
		}},
		"the broker's certificate is old": {
			ca.sign(x509.Certificate{DNSNames: []string{brokerHost}, NotAfter: old}), secretOf(ca, ca.admin()), ca,
			[]string{"is not valid now, if this machine's clock is right"},
		},
		"the client's CA": {ca.node(brokerHost), secretOf(ca, stranger.admin()), ca, []string{
			"broker " + brokerAddress + " refuses the certificate of secret ns/kafka-admin", "tls:",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := connect(t, newCluster(t, broker(t, c.node, c.clients), c.secret).reached(t))
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
	t.Run("the broker speaks plaintext", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		t.Cleanup(func() { _ = listener.Close() })
		go func() {
			if conn, err := listener.Accept(); err == nil {
				_, _ = conn.Write([]byte("\x00\x00\x00\x07plain"))
				_, _ = io.Copy(io.Discard, conn)
			}
		}()
		_, err = connect(t, newCluster(t, listener.Addr().String(), secretOf(ca, ca.admin())).reached(t))
		require.ErrorContains(t, err, "broker "+brokerAddress+" does not speak TLS")
	})
}

// A Secret that is of no use is told before anybody is dialled, with all that is wrong with it.
func TestAdminSecretThatIsOfNoUse(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	good := func(change func(*corev1.Secret)) *corev1.Secret {
		s := secretOf(ca, ca.admin())
		change(s)
		return s
	}
	signed := func(template x509.Certificate) *corev1.Secret { return secretOf(ca, ca.sign(template)) }
	const upHelps = "an up of the cluster's stack"
	for name, c := range map[string]struct {
		secret *corev1.Secret
		want   []string
	}{
		"it is not there": {nil, []string{"secret ns/kafka-admin, with the certificate", "is not there", upHelps}},
		"keys are missing, and it is another one": {
			good(func(s *corev1.Secret) {
				delete(s.Data, "ca.crt")
				s.Data["tls.key"], s.Type = nil, corev1.SecretTypeOpaque
			}),
			[]string{`it is of type "Opaque", not "kubernetes.io/tls"`, "it has no tls.key and no ca.crt", upHelps},
		},
		"its key is another one's": {
			good(func(s *corev1.Secret) { s.Data["tls.key"] = ca.admin().key }), []string{"its tls.crt and tls.key: ", "does not match"},
		},
		"there is no PEM": {
			good(func(s *corev1.Secret) { s.Data["ca.crt"], s.Data["tls.crt"] = []byte("x"), []byte("y") }),
			[]string{"its ca.crt has no certificate in PEM", "its tls.crt and tls.key: "},
		},
		"it is a node's, and old": {
			signed(x509.Certificate{Subject: pkix.Name{CommonName: "kafka-node"}, NotAfter: time.Now().Add(-time.Minute)}),
			[]string{`its certificate is of "kafka-node", not of "kafka-admin"`, "its certificate has expired at 20"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := connect(t, newCluster(t, "127.0.0.1:1", c.secret).reached(t))
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
	soon := &x509.Certificate{Subject: pkix.Name{CommonName: "kafka-admin"}, NotBefore: time.Unix(100, 0), NotAfter: time.Unix(200, 0)}
	assert.Empty(t, judge(soon, time.Unix(150, 0)))
	assert.ErrorContains(t, judge(soon, time.Unix(50, 0))[0], "not valid before 1970-01-01")
}

// While a client runs, its certificate may be renewed, and Kubernetes may not answer.
func TestAdminSecretIsReadForEachConnection(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	first, second := ca.admin(), ca.admin()
	kube := newCluster(t, broker(t, ca.node(brokerHost), ca), secretOf(ca, first))
	who, err := kube.reached(t).identity(t.Context())
	require.NoError(t, err)
	uses := func(want pair) {
		t.Helper()
		config, err := who.config(t.Context())
		require.NoError(t, err)
		shown := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: config.Certificates[0].Certificate[0]})
		assert.True(t, bytes.Equal(want.certificate, shown))
	}
	uses(first)
	kube.set(secretOf(ca, second), false)
	uses(second)
	kube.set(secretOf(ca, second), true)
	uses(second)
	kube.set(nil, false)
	_, err = who.config(t.Context())
	require.ErrorContains(t, err, "is not there")
}

func TestForwarderDialer(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	kube := newCluster(t, broker(t, ca.node(brokerHost), ca), secretOf(ca, ca.admin()))
	config, err := RestConfig(kube.reached(t).Kubeconfig, "here")
	require.NoError(t, err)
	forward, err := PortForward(config)
	require.NoError(t, err)
	dial, err := forward.Dialer(t.Context(), brokerAddress, "kafka-admin")
	require.NoError(t, err)
	client, err := kgo.NewClient(kgo.SeedBrokers(brokerAddress), kgo.Dialer(dial))
	require.NoError(t, err)
	t.Cleanup(client.Close)
	require.NoError(t, client.Ping(t.Context()))

	dial, err = forward.Dialer(t.Context(), brokerAddress, "")
	require.NoError(t, err)
	conn, err := dial(t.Context(), "tcp", brokerAddress)
	require.NoError(t, err)
	require.NoError(t, conn.Close())

	kube.set(nil, false)
	_, err = forward.Dialer(t.Context(), brokerAddress, "kafka-admin")
	require.ErrorContains(t, err, "is not there")
}
