package topology

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

// Claim is a volume that every pod of a pool gets for itself. Kubernetes lets none of it
// be changed later.
type Claim struct {
	// Name is RecordsClaim or MetadataClaim.
	Name string `pulumi:"name"`
	// Size is a Kubernetes quantity.
	Size string `pulumi:"size"`
	// Class is the StorageClass. Empty: the default one.
	Class string `pulumi:"class,optional"`
	// Labels of the claims.
	Labels map[string]string `pulumi:"labels,optional"`
}

// Claim is one of this cluster, with its labels.
func (p Plan) Claim(name, size, class string) Claim {
	return Claim{Name: name, Size: size, Class: class, Labels: p.Labels()}
}

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
