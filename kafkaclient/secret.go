package kafkaclient

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// secret is a Secret of Kubernetes' type tls, with the certificate that Kafka knows this program
// by, its key, and the CAs that sign the brokers' certificates.
type secret struct {
	kube            kubernetes.Interface
	namespace, name string

	mutex sync.Mutex
	last  *tls.Config // what it was when Kubernetes answered last
}

// known is the identity in the Secret of this name, which is in the namespace of the bootstrap
// servers inside Kubernetes. The Secret is read once, so that what is wrong with it is known now.
func known(ctx context.Context, kube kubernetes.Interface, bootstrap, name string) (*identity, error) {
	at, err := parseAddress(servers(bootstrap)[0])
	if err != nil {
		return nil, fmt.Errorf("secret %s is in the namespace of the bootstrap servers: %w", name, err)
	}
	s := &secret{kube: kube, namespace: at.namespace, name: name}
	if _, err := s.read(ctx); err != nil {
		return nil, err
	}
	return &identity{name: s.String(), config: s.read}, nil
}

func (s *secret) String() string { return "secret " + s.namespace + "/" + s.name }

// read reads the Secret. While Kubernetes does not answer, what it said last holds: brokers that
// can be reached without it are not lost with it.
func (s *secret) read(ctx context.Context) (*tls.Config, error) {
	found, err := s.kube.CoreV1().Secrets(s.namespace).Get(ctx, s.name, metav1.GetOptions{})
	s.mutex.Lock()
	defer s.mutex.Unlock()
	switch {
	case apierrors.IsNotFound(err):
		return nil, fmt.Errorf("%s, with the certificate that Kafka knows this program by, is not there: "+
			"an up of the cluster's stack makes it", s)
	case err != nil && s.last != nil:
		return s.last, nil
	case err != nil:
		return nil, fmt.Errorf("%s, with the certificate that Kafka knows this program by, cannot be read: %w", s, err)
	}
	config, err := parse(found)
	if err != nil {
		return nil, fmt.Errorf("%s is none to connect to Kafka with: %w; an up of the cluster's stack puts it right", s, err)
	}
	s.last = config
	return config, nil
}

// parse makes of a Secret what TLS needs, or says all that is wrong with it.
func parse(s *corev1.Secret) (*tls.Config, error) {
	var missing []string
	for _, key := range []string{contract.TLSCertificate, contract.TLSKey, contract.TLSAuthorities} {
		if len(s.Data[key]) == 0 {
			missing = append(missing, key)
		}
	}
	var problems []error
	if s.Type != corev1.SecretTypeTLS {
		problems = append(problems, fmt.Errorf("it is of type %q, not %q", s.Type, corev1.SecretTypeTLS))
	}
	if len(missing) > 0 {
		return nil, errors.Join(append(problems, fmt.Errorf("it has no %s", strings.Join(missing, " and no ")))...)
	}
	authorities := x509.NewCertPool()
	if !authorities.AppendCertsFromPEM(s.Data[contract.TLSAuthorities]) {
		problems = append(problems, fmt.Errorf("its %s has no certificate in PEM", contract.TLSAuthorities))
	}
	pair, err := tls.X509KeyPair(s.Data[contract.TLSCertificate], s.Data[contract.TLSKey])
	if err != nil {
		problems = append(problems, fmt.Errorf("its %s and %s: %w", contract.TLSCertificate, contract.TLSKey, err))
	} else {
		problems = append(problems, judge(pair.Leaf, time.Now())...)
	}
	if len(problems) > 0 {
		return nil, errors.Join(problems...)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: authorities, Certificates: []tls.Certificate{pair}}, nil
}

// judge says why Kafka will not take a certificate for that of who runs the program.
func judge(certificate *x509.Certificate, now time.Time) (problems []error) {
	if name := certificate.Subject.CommonName; name != contract.AdminName {
		problems = append(problems, fmt.Errorf("its certificate is of %q, not of %q", name, contract.AdminName))
	}
	switch {
	case now.After(certificate.NotAfter):
		problems = append(problems, fmt.Errorf("its certificate has expired at %s", certificate.NotAfter.Format(time.RFC3339)))
	case now.Before(certificate.NotBefore):
		problems = append(problems, fmt.Errorf("its certificate is not valid before %s, if this machine's clock is right",
			certificate.NotBefore.Format(time.RFC3339)))
	}
	return problems
}
