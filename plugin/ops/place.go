package ops

import (
	"github.com/pulumi/pulumi-go-provider/infer"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// Address is where a Kafka is, for clients, and who they are there.
type Address struct {
	BootstrapServers         string `pulumi:"bootstrapServers"`
	ExternalBootstrapServers string `pulumi:"externalBootstrapServers,optional"`
	// Admin is only the Secret's name: what is in it comes into no state.
	Admin string `pulumi:"admin,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (a *Address) Annotate(to infer.Annotator) {
	to.Describe(&a.BootstrapServers, "Where clients inside Kubernetes start: host:port, or more of them with commas between.")
	to.Describe(&a.ExternalBootstrapServers, "Where clients outside start. None: through the Kubernetes API server.")
	to.Describe(&a.Admin, "Secret in the cluster's namespace with the certificate that Kafka knows this program by. None: Kafka is spoken to without TLS.")
}

// Place is the node pool that a gate looks after.
type Place struct {
	Context     string `pulumi:"context"`
	Namespace   string `pulumi:"namespace"`
	StatefulSet string `pulumi:"statefulSet"`
	Address
	// First and End are the node ids that belong to the pool: pod 0 has First, and End is the
	// first that is no part of it (ops.Range).
	First int32 `pulumi:"first"`
	End   int32 `pulumi:"end"`
	// Stopped says that the program lets no pod run. It is an input, so that a start is a
	// change and what could not be done meanwhile is done then.
	Stopped bool `pulumi:"stopped,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (p *Place) Annotate(a infer.Annotator) {
	a.Describe(&p.Context, "Context of the kubeconfig.")
	a.Describe(&p.Namespace, "Namespace of the pool.")
	a.Describe(&p.StatefulSet, "Name of the pool's StatefulSet; its pods are NAME-0, NAME-1, …")
	a.Describe(&p.First, "Node id of pod 0: the first of the ids that belong to the pool.")
	a.Describe(&p.End, "The id after the last one that belongs to the pool. Nodes outside are let alone.")
	a.Describe(&p.Stopped, "No pod of the pool is to run.")
}

func (p Place) ids() ops.Range { return ops.Range{First: p.First, End: p.End} }

// id is the resource's.
func (p Place) id() string { return p.Namespace + "/" + p.StatefulSet }

// Pace is how fast replicas move.
type Pace struct {
	Throttle    int64 `pulumi:"throttle,optional"`
	Concurrency int   `pulumi:"concurrency,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (p *Pace) Annotate(a infer.Annotator) {
	a.Describe(&p.Throttle, "Bytes a second that each broker may send, and take, for replicas that move. 0: as fast as it goes.")
	a.Describe(&p.Concurrency, "How many partitions move at a time. 0: 10.")
}

func (p Pace) pace() ops.Pace { return ops.Pace{Throttle: p.Throttle, Concurrency: p.Concurrency} }
