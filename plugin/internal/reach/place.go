package reach

import (
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// Place is the Kafka that something is in.
type Place struct {
	Context          string `pulumi:"context"`
	Namespace        string `pulumi:"namespace"`
	StatefulSet      string `pulumi:"statefulSet"`
	BootstrapServers string `pulumi:"bootstrapServers"`
	// Admin is only the Secret's name: what is in it comes into no state.
	Admin   string `pulumi:"admin,optional"`
	Stopped bool   `pulumi:"stopped,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (p *Place) Annotate(a infer.Annotator) {
	a.Describe(&p.Context, "Context of the kubeconfig.")
	a.Describe(&p.Namespace, "Namespace of the cluster.")
	a.Describe(&p.StatefulSet, "Name of a StatefulSet of brokers, by which a preview knows whether there is a Kafka yet.")
	a.Describe(&p.BootstrapServers, "Where clients inside Kubernetes start: host:port, or more of them with commas between.")
	a.Describe(&p.Admin, "Secret in the namespace with the certificate that Kafka knows this program by. None: Kafka is spoken to without TLS.")
	a.Describe(&p.Stopped, "No pod of the cluster is to run. What there is to do waits until it runs again.")
}

// ID is where something of this name is, so that it can be imported by it.
func (p Place) ID(name string) string { return p.Context + "/" + p.BootstrapServers + "/" + name }

// Placed is the reverse of ID, behind which may stand who is asking: it is no part of where
// something is. Neither addresses nor names have a slash.
func Placed(id string) (at Place, name string, ok bool) {
	id, at.Admin, _ = strings.Cut(id, "?admin=")
	rest, name, named := cutLast(id)
	kube, servers, rooted := cutLast(rest)
	at.Context, at.BootstrapServers = kube, servers
	return at, name, named && rooted && kube != "" && servers != ""
}

func cutLast(text string) (before, after string, found bool) {
	i := strings.LastIndexByte(text, '/')
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

// Differences are those between two places by which Kafka is reached. The cluster is the same:
// another one would be another program's.
func Differences(was, now Place) map[string]p.PropertyDiff {
	diff := map[string]p.PropertyDiff{}
	if was.Context != now.Context {
		diff["context"] = p.PropertyDiff{Kind: p.Update}
	}
	if was.BootstrapServers != now.BootstrapServers {
		diff["bootstrapServers"] = p.PropertyDiff{Kind: p.Update}
	}
	if was.Admin != now.Admin {
		diff["admin"] = p.PropertyDiff{Kind: p.Update}
	}
	return diff
}
