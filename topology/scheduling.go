package topology

// Scheduling places the pods of a pool on Kubernetes nodes.
type Scheduling struct {
	// Spread keeps them on different nodes: if there are enough of them, or, with
	// Strict, under all circumstances.
	Spread bool `pulumi:"spread,optional"`
	Strict bool `pulumi:"strict,optional"`
	// Together keeps all of them on one node, whichever it is, since what they share
	// is there.
	Together bool `pulumi:"together,optional"`
	// Node is the one that all of them must run on. Empty: any.
	Node string `pulumi:"node,optional"`
	// SpreadKey is the node label over whose values pods are spread evenly, as
	// far as can be. Empty: none.
	SpreadKey string `pulumi:"spreadKey,optional"`
	// NodeSelector are labels that a node must have.
	NodeSelector map[string]string `pulumi:"nodeSelector,optional"`
	// Tolerations are those of the pods.
	Tolerations []Toleration `pulumi:"tolerations,optional"`
	// PriorityClass is the name of an existing PriorityClass. Empty: none.
	PriorityClass string `pulumi:"priorityClass,optional"`
}

// Toleration is a Kubernetes toleration; empty fields are left out.
type Toleration struct {
	Key      string `pulumi:"key,optional"`
	Operator string `pulumi:"operator,optional"`
	Value    string `pulumi:"value,optional"`
	Effect   string `pulumi:"effect,optional"`
}

// ZoneKey is the label with a Kubernetes node's failure zone.
// https://kubernetes.io/docs/reference/labels-annotations-taints/#topologykubernetesiozone
const ZoneKey = "topology.kubernetes.io/zone"
