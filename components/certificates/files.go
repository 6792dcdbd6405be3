package certificates

import (
	"crypto/x509/pkix"
	"slices"

	"github.com/kafka-kraft/kafka-kraft/components/internal/clientconfig"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/pki"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ClientProperties is the key of the administrator's Secret with a configuration for Kafka's
// tools (--command-config), complete in itself.
const ClientProperties = clientconfig.Key

// What is made from the seed.
const (
	authorities      = "authorities"
	nodeCertificate  = "node certificate"
	nodeKey          = "node key"
	adminCertificate = "admin certificate"
	adminKey         = "admin key"
	adminProperties  = "admin properties"
)

// authority is the CA that follows from the seed, and when the certificates are issued that it
// signs now.
func (a Args) authority(seedText, madeText string) (*pki.CA, pki.Span, error) {
	seed, made, err := seedOf(seedText, madeText)
	if err != nil {
		return nil, pki.Span{}, err
	}
	ca, err := pki.NewCA(seed, pkix.Name{Organization: []string{a.Plan.Namespace}, CommonName: a.Plan.Name + " CA"},
		pki.Span{Issued: pki.Issued(made, a.Now, a.CALifetime), Lifetime: a.CALifetime})
	return ca, pki.Span{Issued: pki.Issued(made, a.Now, a.Lifetime), Lifetime: a.Lifetime}, err
}

// files are all texts that follow from the seed at this time.
func (a Args) files(seedText, madeText string) (map[string]string, error) {
	ca, span, err := a.authority(seedText, madeText)
	if err != nil {
		return nil, err
	}
	node, err := ca.Issue(pki.Leaf{Name: contract.NodeName, Hosts: Hosts(a.Plan, a.Hosts), Span: span})
	if err != nil {
		return nil, err
	}
	admin, err := ca.Issue(pki.Leaf{Name: contract.AdminName, Span: span})
	if err != nil {
		return nil, err
	}
	return map[string]string{
		authorities:     ca.PEM,
		nodeCertificate: node.Certificate, nodeKey: node.Key,
		adminCertificate: admin.Certificate, adminKey: admin.Key,
		adminProperties: clientProperties(ca.PEM, admin),
	}, nil
}

// client is the certificate of a client with this common name, its key, and the CA's certificate.
func (a Args) client(seedText, madeText, name string) (map[string]string, error) {
	ca, span, err := a.authority(seedText, madeText)
	if err != nil {
		return nil, err
	}
	own, err := ca.Issue(pki.Leaf{Name: name, Span: span})
	if err != nil {
		return nil, err
	}
	return map[string]string{
		contract.TLSCertificate: own.Certificate, contract.TLSKey: own.Key, contract.TLSAuthorities: ca.PEM,
	}, nil
}

// Hosts are all names and addresses by which somebody reaches a node and asks for its
// certificate, sorted, and more of them.
func Hosts(plan topology.Plan, more []string) []string {
	hosts := append([]string{"localhost", "127.0.0.1"}, more...)
	below := []string{plan.Namespace, plan.Namespace + ".svc", plan.Namespace + ".svc." + plan.Domain}
	for _, in := range below {
		hosts = append(hosts, "*."+plan.Headless+"."+in, plan.Bootstrap+"."+in)
	}
	hosts = append(hosts, plan.Bootstrap)
	for _, l := range plan.Listeners {
		if l.Advertised != "" {
			hosts = append(hosts, l.Advertised)
		}
	}
	slices.Sort(hosts)
	return slices.Compact(hosts)
}

// clientProperties is a configuration for Kafka's own tools with all that they need in it.
func clientProperties(ca string, own pki.Certificate) string {
	lines := []clientconfig.Line{{"security.protocol", "SSL"}}
	lines = append(lines, clientconfig.Certificate(own.Certificate, own.Key)...)
	return clientconfig.Text(append(lines, clientconfig.Trust(ca)...)...)
}
