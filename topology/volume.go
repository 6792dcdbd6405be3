package topology

import "cmp"

// Claims that a pod may have; claims are called {name}-{pod}.
const (
	// RecordsClaim holds the records, and the metadata log of nodes without a claim for it.
	RecordsClaim = "data"
	// MetadataClaim holds the metadata log of a controller alone.
	MetadataClaim = "metadata"
)

// Sizes of volumes that say nothing else, as Kubernetes quantities.
const (
	BrokerVolume     = "10Gi"
	ControllerVolume = "2Gi"
)

// Claim is a volume that every pod of a pool gets for itself. Kubernetes lets nothing of it
// be changed later but its size, which may become more, never less, if its class has
// allowVolumeExpansion.
type Claim struct {
	// Name is RecordsClaim or MetadataClaim.
	Name string `pulumi:"name"`
	// Size is a Kubernetes quantity.
	Size string `pulumi:"size"`
	// Sizes are those of single pods' claims that have another size, by the pod's name.
	Sizes map[string]string `pulumi:"sizes,optional"`
	// TemplateSize is what the StatefulSet says of its claims, which Kubernetes never lets be
	// changed: who makes Size more writes the former one here, and leaves it. It is the size of
	// a claim that somebody deleted, until the next up. Empty: Size.
	TemplateSize string `pulumi:"templateSize,optional"`
	// Class is the StorageClass. Empty: the default one.
	Class string `pulumi:"class,optional"`
	// Labels of the claims.
	Labels map[string]string `pulumi:"labels,optional"`
}

// Claim is one of this cluster, with its labels.
func (p Plan) Claim(name, size, class string) Claim {
	return Claim{Name: name, Size: size, Class: class, Labels: p.Labels()}
}

// Template is the size in the StatefulSet.
func (c Claim) Template() string { return cmp.Or(c.TemplateSize, c.Size) }

// SizeOf is the size of one pod's claim.
func (c Claim) SizeOf(pod string) string { return cmp.Or(c.Sizes[pod], c.Size) }

// Of is what Kubernetes calls the claim of one pod, whoever makes it.
func (c Claim) Of(pod string) string { return c.Name + "-" + pod }

// Shared is one directory of one Kubernetes node, which all pods share: each has a
// directory of its own in it, and all of them run there.
type Shared struct {
	// Volume is the PersistentVolume's name, which is unique in all of Kubernetes.
	// Empty: {cluster}-pv-volume.
	Volume string `pulumi:"volume,optional"`
	// Claim is the name of its PersistentVolumeClaim. Empty: {cluster}-pv-claim.
	Claim string `pulumi:"claim,optional"`
	// HostPath is the node's directory, absolute; it is made when it is not there.
	HostPath string `pulumi:"hostPath"`
	// Size is what the volume is said to hold, a Kubernetes quantity; a directory
	// enforces no limit.
	Size string `pulumi:"size"`
}
