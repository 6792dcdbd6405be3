package identity

import (
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// localhost is how tools in the pod reach the node.
const localhost = "localhost"

// check looks for everything that would make other nodes, or this one's tools, refuse the certificate in this file.
func (i *Identity) check(file string, chain []*x509.Certificate, key crypto.Signer, now time.Time) error {
	leaf := chain[0]
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(file+": "+format, args...)) }
	if public, ok := leaf.PublicKey.(interface{ Equal(x crypto.PublicKey) bool }); !ok || !public.Equal(key.Public()) {
		problem("the key in %s does not belong to this certificate", contract.TLSKey)
	}
	inTime := false
	switch {
	case now.After(leaf.NotAfter):
		problem("the certificate has expired at %s", stamp(leaf.NotAfter))
	case now.Before(leaf.NotBefore):
		problem("the certificate is not valid before %s, and it is %s here; look at the clocks", stamp(leaf.NotBefore), stamp(now))
	default:
		inTime = true
	}
	if leaf.Subject.CommonName != contract.NodeName {
		problem("the certificate's common name is %q; %q is expected, by which nodes know each other", leaf.Subject.CommonName, contract.NodeName)
	}
	for _, name := range names(i.host) {
		if leaf.VerifyHostname(name) != nil {
			problem("the certificate is not for the name %s, only for %s", name, covered(leaf))
		}
	}
	if inTime { // otherwise it is what would be found again
		if err := i.vouched(chain, now); err != nil {
			problem("%w", err)
		}
	}
	return errors.Join(problems...)
}

// names are those that the certificate needs: who asks the node uses one of them.
func names(host string) []string {
	if host == localhost {
		return []string{localhost}
	}
	return []string{host, localhost}
}

// covered is what a certificate is for.
func covered(leaf *x509.Certificate) string {
	all := slices.Clone(leaf.DNSNames)
	for _, address := range leaf.IPAddresses {
		all = append(all, address.String())
	}
	if len(all) == 0 {
		return "none: it has no subject alternative names"
	}
	return strings.Join(all, ", ")
}

// vouched asks the CAs, first whether one of them made the certificate at all, then for either side of a connection: a
// node is server and client.
func (i *Identity) vouched(chain []*x509.Certificate, now time.Time) error {
	between := x509.NewCertPool()
	for _, certificate := range chain[1:] {
		between.AddCert(certificate)
	}
	verify := func(usage x509.ExtKeyUsage) ([][]*x509.Certificate, error) {
		return chain[0].Verify(x509.VerifyOptions{Roots: i.pool, Intermediates: between, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{usage}})
	}
	chains, err := verify(x509.ExtKeyUsageAny)
	if err != nil {
		return fmt.Errorf("no CA in %s vouches for the certificate: %w", contract.TLSAuthorities, err)
	}
	i.until = lastEnd(chains)
	_, server := verify(x509.ExtKeyUsageServerAuth)
	_, client := verify(x509.ExtKeyUsageClientAuth)
	if errors.Join(server, client) != nil {
		return errors.New("the certificate's extended key usage has to allow both server and client authentication, since a node is both")
	}
	return nil
}

// lastEnd is when the last of these chains ends, apart from the certificate that each begins with.
func lastEnd(chains [][]*x509.Certificate) (last time.Time) {
	for _, chain := range chains {
		end := chain[len(chain)-1].NotAfter
		for _, authority := range chain[1:] {
			if authority.NotAfter.Before(end) {
				end = authority.NotAfter
			}
		}
		if end.After(last) {
			last = end
		}
	}
	return last
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
