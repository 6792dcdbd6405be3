package automation

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/blang/semver"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/version"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/internal/kubecontext"
)

// minimumKubernetes is the first release in which all that the stack asks for works
// without a feature gate: the StatefulSets' persistentVolumeClaimRetentionPolicy and
// the disruption budgets' unhealthyPodEvictionPolicy are both on by default since it.
var minimumKubernetes = semver.MustParse("1.27.0")

// answerTime is how long the API server may take to say its version.
const answerTime = 15 * time.Second

// ready makes sure that an operation can begin: the cluster answers, the state is this
// stack's, and nothing is left over from a run that was killed.
func (s *Stack) ready(ctx context.Context, doing string) error {
	if err := s.cluster(ctx, doing); err != nil {
		return err
	}
	if err := s.dropDeadLocks(doing); err != nil {
		return err
	}
	return s.settle(ctx, doing)
}

func (s *Stack) kubernetes(doing string) (kubernetes.Interface, *rest.Config, error) {
	if err := s.configured(doing); err != nil {
		return nil, nil, err
	}
	client, connection, err := kubecontext.Client(s.options.kubeconfig(), s.Config().Context)
	if err != nil {
		return nil, nil, s.fail(doing, ErrConfig, err, "")
	}
	return client, connection, nil
}

// cluster asks the API server for its version, which tells what the engine's errors,
// one for every resource, would tell less well.
func (s *Stack) cluster(ctx context.Context, doing string) error {
	client, connection, err := s.kubernetes(doing)
	if err != nil {
		return err
	}
	asked, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	answer, err := client.Discovery().RESTClient().Get().AbsPath("/version").Do(asked).Raw()
	if canceled := s.canceled(ctx, doing); canceled != nil {
		return canceled
	}
	where := fmt.Sprintf("Kubernetes context %q at %s", s.Config().Context, connection.Host)
	var alert tls.AlertError
	switch {
	case err == nil:
		return s.version(doing, where, answer)
	case apierrors.IsForbidden(err):
		return nil // who may not know the version may still work here
	case apierrors.IsUnauthorized(err), errors.As(err, &alert), strings.Contains(err.Error(), "getting credentials"):
		return s.fail(doing, ErrCredentials, fmt.Errorf("%s: %w%s", where, err, expiry(connection)), adviceCredentials)
	}
	return s.fail(doing, ErrUnreachable, fmt.Errorf("%s: %w", where, err), adviceUnreachable)
}

func (s *Stack) version(doing, where string, answer []byte) error {
	var info version.Info
	if err := json.Unmarshal(answer, &info); err != nil {
		return s.fail(doing, ErrUnreachable, fmt.Errorf("%s does not answer like Kubernetes: %w", where, err), adviceUnreachable)
	}
	is, err := semver.ParseTolerant(info.GitVersion)
	if err != nil {
		return s.fail(doing, ErrUnreachable, fmt.Errorf("%s calls itself version %q: %w", where, info.GitVersion, err), adviceUnreachable)
	}
	is.Pre, is.Build = nil, nil
	if is.LT(minimumKubernetes) {
		return s.fail(doing, ErrClusterVersion, fmt.Errorf("%s is version %s", where, info.GitVersion),
			"Use a cluster of version %s or newer.", minimumKubernetes)
	}
	return nil
}

// expiry reports whether the client certificate is why.
func expiry(connection *rest.Config) string {
	if err := rest.LoadTLSFiles(connection); err != nil {
		return ""
	}
	block, _ := pem.Decode(connection.CertData)
	if block == nil {
		return ""
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil || time.Now().Before(certificate.NotAfter) {
		return ""
	}
	return fmt.Sprintf(" (the client certificate expired on %s)", certificate.NotAfter.Format(time.DateTime))
}

// podsReady waits until all pods are what the last up made of them. The gates have waited
// already for what this up, or one before it that was interrupted, has changed; this is for
// pods that have fallen behind since, which the engine finds as they should be.
func (s *Stack) podsReady(ctx context.Context) error {
	const doing = "pods"
	client, _, err := s.kubernetes(doing)
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, time.Duration(s.Config().Timeout))
	defer cancel()
	for _, pool := range s.Config().Plan().Pools {
		err := rollout.Await(bounded, client, s.Config().KubeNamespace, pool.Name, func(state string) {
			s.tell(Event{Kind: Waiting, Doing: doing, Type: "kubernetes:apps/v1:StatefulSet", Name: pool.Name, Message: state})
		})
		if canceled := s.canceled(ctx, doing); canceled != nil {
			return canceled
		}
		if err != nil {
			return s.fail(doing, ErrTimeout, err, adviceTimeout)
		}
	}
	return nil
}
