package kafka

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Args is a Kafka cluster: all that can be said of it. The zero value is three nodes that
// are brokers and controllers, each with a claim of its own and on another Kubernetes node
// if there are enough, in a namespace of their own.
//
// What decides how many resources there are is plain Go; what only passes through is an
// input.
type Args struct {
	// Plan is names, pools, listeners and the first voters. Without Pools there are three
	// combined nodes; Name is then the component's own if it is empty, and Namespace the
	// same as Name. What else it does not say is completed (topology.Plan.Complete).
	Plan topology.Plan `pulumi:"plan,optional"`
	// Namespace, if given, is that of the plan, from whoever makes it or knows that it is
	// there: everything in it waits for it. Nil: the component makes it, and a destroy
	// leaves it, since Kubernetes would delete all claims with it.
	Namespace pulumi.StringInput `pulumi:"namespace,optional"`
	// Image is what to run or to build. The zero value builds and leaves the image in
	// the docker engine, where only a Kubernetes that uses that very engine finds it.
	Image image.Args `pulumi:"image,optional"`
	// ClusterID adopts an existing Kafka cluster id, 22 characters as in
	// meta.properties. Empty: made once and kept.
	ClusterID string `pulumi:"clusterId,optional"`
	// Settings are those of all pools. What they do not say is as Defaults has it.
	Settings Settings `pulumi:"settings,optional"`
	// Certificates are where those of a plan with TLS come from.
	Certificates Certificates `pulumi:"certificates,optional"`
	// Open leaves out the network policies that keep Raft and the agent to the cluster's
	// own pods.
	Open bool `pulumi:"open,optional"`
	// PodMonitor is the same as Monitoring.PodMonitor.
	PodMonitor bool `pulumi:"podMonitor,optional"`
	// Monitoring is what Prometheus and Grafana are given. The zero value is nothing; the rest
	// needs Settings.Metrics.
	Monitoring Monitoring `pulumi:"monitoring,optional"`
	// AcceptLoss names what is given up on purpose after volumes were lost: pods whose
	// records have no other copy, or the word quorum, for all metadata.
	AcceptLoss []string `pulumi:"acceptLoss,optional"`
	// Ordered lets a change reach all pods of a pool before it begins with the next one, in the
	// order of the plan, which has controllers first. So one that is bad is stopped by the first
	// pool, and brokers of two pools do not restart at once. It is for a cluster that runs: while
	// it starts or stops, each role waits for the other.
	Ordered bool `pulumi:"ordered,optional"`
	// Protect makes Pulumi refuse to delete the cluster id, the directory ids, all claims and
	// a shared volume.
	Protect bool `pulumi:"protect,optional"`

	// Lifecycle, if given, looks after the pods while they are changed, as
	// lifecycle.In does. Nil: Pulumi's own wait is all, which starts a roll whatever the
	// cluster's state, and does not move NodePorts.
	Lifecycle Lifecycle `pulumi:"-"`
	// Gate, if given, makes a resource of provider kafka-kraft behind every StatefulSet,
	// which waits until its pods run the newest template, are ready and have caught up. It
	// stands in the preview, hears Ctrl-C, and is gone on with by the next up when it was
	// cut off. The engine must find the provider; package plugin says how. Nil: Lifecycle
	// waits in a hook, which does neither.
	Gate *Gate `pulumi:"gate,optional"`
	// Prepare, if given, is called with the cluster's id before anything in Kubernetes is
	// registered, and may refuse. It returns a Namespace, or nil for that of the arguments.
	Prepare func(clusterID pulumi.StringOutput) (pulumi.StringInput, error) `pulumi:"-"`
	// OwnLife leaves the signs of life to the program (see NewLife).
	OwnLife bool `pulumi:"-"`
}

// Lifecycle looks after a cluster's pods while `pulumi up` changes them. An error of any of
// it fails the step that it belongs to.
type Lifecycle interface {
	Rollout
	NodePorts
	// Free lets a shared volume be bound again whose claim is gone.
	Free(ctx context.Context, volume string) error
}

// Certificates says where a cluster's certificates come from. The zero value makes a CA,
// which stays in Pulumi's state, and renews what it signs.
type Certificates struct {
	// Secret is an existing one in the namespace, of Kubernetes' type tls with ca.crt beside,
	// for all nodes; its common name is contract.NodeName. Whoever makes it makes
	// topology.Plan.AdminSecret, too. Empty: they are made here.
	Secret string `pulumi:"secret,optional"`
	// Lifetime and CALifetime are Go durations; empty: 90 days and ten years.
	Lifetime   string `pulumi:"lifetime,optional"`
	CALifetime string `pulumi:"caLifetime,optional"`
	// Hosts are further DNS names and addresses by which nodes are reached.
	Hosts []string `pulumi:"hosts,optional"`
}

// complete is the arguments with what they do not say.
func (a Args) complete(name string) Args {
	if len(a.Plan.Pools) == 0 {
		if a.Plan.Name == "" {
			a.Plan.Name = name
		}
		if a.Plan.Namespace == "" {
			a.Plan.Namespace = a.Plan.Name
		}
		scheduling := topology.Scheduling{Spread: true, SpreadKey: topology.ZoneKey}
		if a.Plan.Shared != nil {
			scheduling = topology.Scheduling{Together: true}
		}
		a.Plan = a.Plan.Combined(topology.Pool{Scheduling: scheduling})
	}
	a.Plan = a.Plan.Complete()
	a.Settings = a.Settings.or(Defaults(a.Plan))
	a.Monitoring.PodMonitor = a.Monitoring.PodMonitor || a.PodMonitor
	return a
}
