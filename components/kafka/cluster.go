package kafka

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/certificates"
	"github.com/kafka-kraft/kafka-kraft/components/clusterid"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// ClusterType is the component's type token.
const ClusterType = "kafka-kraft:kafka:Cluster"

// Cluster is a Kafka cluster on Kubernetes, with all that it needs.
type Cluster struct {
	pulumi.ResourceState

	// BootstrapServers is where clients inside Kubernetes start, as host:port. It is known
	// in a preview; what uses it is made after all pools have been ready.
	BootstrapServers pulumi.StringOutput `pulumi:"bootstrapServers"`
	// ExternalBootstrapServers is where clients outside start, in the same way. Nil: the
	// cluster is not open to them.
	ExternalBootstrapServers pulumi.StringPtrOutput `pulumi:"externalBootstrapServers"`
	// ClusterID is Kafka's cluster id, 22 characters.
	ClusterID pulumi.StringOutput `pulumi:"clusterId"`
	// Namespace is the Kubernetes namespace.
	Namespace pulumi.StringOutput `pulumi:"namespace"`
	// Image is the reference that pods run.
	Image pulumi.StringOutput `pulumi:"image"`
	// CACertificate is that of the CA which clients trust, in PEM. Nil: no CA is made here.
	CACertificate pulumi.StringPtrOutput `pulumi:"caCertificate"`

	// Certificates make those of the nodes, and more of them for clients. Nil: none are made here.
	Certificates *certificates.Certificates

	// Plan is the completed one, and Pools are in its order.
	Plan  topology.Plan
	Pools []*NodePool
	// Finalised is there when the release of Gate.Features is; nil without one.
	Finalised pulumi.CustomResource
}

// ready are what is there when the cluster is as it shall be: the last gates.
func (c *Cluster) ready() []pulumi.Resource {
	var last []pulumi.Resource
	for _, pool := range c.Pools {
		last = append(last, pool.Ready)
	}
	if c.Finalised != nil {
		last = append(last, c.Finalised)
	}
	return last
}

// WhenReady holds a text back until every pool has been ready, and what is to be finalised is: an
// output made of it says nothing of a cluster that never came up.
func (c *Cluster) WhenReady(text string) pulumi.StringOutput {
	var ready []any
	for _, last := range c.ready() {
		ready = append(ready, last.(pulumi.CustomResource).ID())
	}
	return pulumi.All(ready...).ApplyT(func([]any) string { return text }).(pulumi.StringOutput)
}

// making is a cluster that is being made: what its parts are made from.
type making struct {
	*Args // completed

	ctx   *pulumi.Context
	name  string // the component's
	child pulumi.ResourceOption
	// namespace is the plan's, known as soon as it is there.
	namespace pulumi.StringOutput
}

// New runs a Kafka cluster: image, ids, namespace, volumes, services and pools. Nothing in
// it waits for Kafka to answer but the pools themselves: a service that waited for ready
// pods would wait for pods that wait for their service's name. Arguments that cannot work
// are an error before anything is registered, with everything that is wrong with them.
//
// Clusters of one plan name, in namespaces of their own, have different names here, and
// none of them is called like the plan: that name is what earlier versions gave to pools,
// and Pulumi would take one cluster's for the other's. One that is called so gets another
// name with pulumi.Aliases of its old one, in an update of its own.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	if args == nil {
		args = &Args{}
	}
	complete := args.complete(name)
	if err := complete.validate(); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	var err error
	if complete.Image, err = complete.Image.Complete(); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: Image: %w", name, err)
	}
	c := &Cluster{}
	if err := ctx.RegisterComponentResource(ClusterType, name, c, opts...); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	m := &making{Args: &complete, ctx: ctx, name: name, child: pulumi.Parent(c)}
	if err := m.make(c); err != nil {
		return nil, err
	}
	outputs := pulumi.Map{
		"bootstrapServers":         c.BootstrapServers,
		"externalBootstrapServers": c.ExternalBootstrapServers,
		"clusterId":                c.ClusterID,
		"namespace":                c.Namespace,
		"image":                    c.Image,
	}
	if complete.makesCertificates() {
		outputs["caCertificate"] = c.CACertificate
	}
	if err := ctx.RegisterResourceOutputs(c, outputs); err != nil {
		return nil, fmt.Errorf("kafka cluster %q: %w", name, err)
	}
	return c, nil
}

// make makes the parts, in the order in which they need each other.
func (m *making) make(c *Cluster) error {
	ids, err := clusterid.New(m.ctx, m.name+"-cluster-id", &clusterid.Args{
		Adopt: m.ClusterID, Controllers: m.Plan.WithoutDirectory(), Protect: m.Protect,
	}, m.child)
	if err != nil {
		return err
	}
	if m.namespace, err = m.place(ids.ID); err != nil {
		return err
	}
	built, err := image.New(m.ctx, m.name+"-image", &m.Image, m.child)
	if err != nil {
		return err
	}
	claim, err := m.sharedClaim()
	if err != nil {
		return err
	}
	account, err := m.serviceAccount()
	if err != nil {
		return err
	}
	before, err := m.services()
	if err != nil {
		return err
	}
	certificate, made, err := m.certificates(c)
	if err != nil {
		return err
	}
	before = append(before, made...)
	if !m.Open {
		if err := m.networkPolicies(); err != nil {
			return err
		}
	}
	if err := m.monitor(); err != nil {
		return err
	}
	c.Plan, c.ClusterID, c.Namespace, c.Image = m.Plan, ids.ID, m.namespace, built.Ref
	if c.Pools, err = m.pools(NodePoolArgs{
		Plan:               m.Plan,
		Namespace:          m.namespace,
		ServiceAccount:     account,
		SharedClaim:        claim,
		Image:              built.Ref,
		ClusterID:          ids.ID,
		InitialControllers: initialControllers(m.Plan, ids.DirectoryIDs),
		Certificate:        certificate,
		Settings:           m.Settings,
		Protect:            m.Protect,
		Rollout:            m.Lifecycle,
		Gate:               m.Gate,
	}, before); err != nil {
		return err
	}
	if err := m.finalised(c); err != nil {
		return err
	}
	m.addresses(c)
	return m.life(c)
}

// place is the namespace: that of the caller, or one of the component's own.
func (m *making) place(id pulumi.StringOutput) (pulumi.StringOutput, error) {
	given := m.Namespace
	if m.Prepare != nil {
		prepared, err := m.Prepare(id)
		if err != nil {
			return pulumi.StringOutput{}, err // in the caller's own words
		}
		if prepared != nil {
			given = prepared
		}
	}
	if given == nil {
		made, err := NewNamespace(m.ctx, m.name+"-namespace", m.Plan, m.child)
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		given = made.Metadata.Name().Elem()
	}
	return kube.Namespace(m.Plan.Namespace, given), nil
}

// sharedClaim makes the shared volume; nil when every pod has claims of its own.
func (m *making) sharedClaim() (pulumi.StringPtrInput, error) {
	if m.Plan.Shared == nil {
		return nil, nil
	}
	args := &storage.SharedArgs{
		Shared: *m.Plan.Shared, Namespace: m.Plan.Namespace, After: m.namespace, Labels: m.Plan.Labels(), Protect: m.Protect,
	}
	if m.Lifecycle != nil {
		args.Free = m.Lifecycle.Free
	}
	shared, err := storage.NewShared(m.ctx, m.name, args, m.child)
	if err != nil {
		return nil, err
	}
	return shared.ClaimName.ToStringPtrOutput(), nil
}

// pools makes one of each of the plan's. A pod's name must resolve before the pod starts,
// and a NodePort that it advertises must be open. Who goes is emptied before anybody comes.
func (m *making) pools(args NodePoolArgs, before []pulumi.Resource) ([]*NodePool, error) {
	var pools []*NodePool
	emptied, err := m.emptied(args)
	if err != nil {
		return nil, err
	}
	before = append(before, emptied...)
	for _, pool := range m.Plan.Pools {
		args := args
		args.Pool = pool
		made, err := NewNodePool(m.ctx, m.logical(pool.Name), &args, m.child, pulumi.DependsOn(before))
		if err != nil {
			return nil, err
		}
		pools = append(pools, made)
		if m.Ordered {
			before = append(before[:len(before):len(before)], made.Ready)
		}
	}
	return pools, nil
}

// addresses are texts of the plan that wait for the pools.
func (m *making) addresses(c *Cluster) {
	ready := c.ready()
	after := func(text string) pulumi.StringOutput {
		known := pulumi.String(text).ToStringOutput()
		return pulumi.OutputWithDependencies(m.ctx.Context(), known, ready...).(pulumi.StringOutput)
	}
	c.BootstrapServers = after(m.Plan.BootstrapServers())
	c.ExternalBootstrapServers = after(m.Plan.ExternalBootstrapServers()).ApplyT(func(outside string) *string {
		if outside == "" {
			return nil
		}
		return &outside
	}).(pulumi.StringPtrOutput)
}

// initialControllers is known once the directory ids are.
func initialControllers(plan topology.Plan, ids []pulumi.StringOutput) pulumi.StringOutput {
	inputs := make([]any, len(ids))
	for i, id := range ids {
		inputs[i] = id
	}
	return pulumi.All(inputs...).ApplyT(func(resolved []any) (string, error) {
		texts := make([]string, 0, len(resolved))
		for _, id := range resolved {
			texts = append(texts, fmt.Sprint(id))
		}
		return plan.InitialControllers(texts)
	}).(pulumi.StringOutput)
}
