package topology

import "fmt"

// PoolIDs is how many node ids every pool keeps to itself, so that a pool can
// grow without ever taking an id of another one.
const PoolIDs = 1000

// Pool is a set of equal nodes: one StatefulSet.
type Pool struct {
	// Name is the StatefulSet's; pods are Name-0, Name-1, …
	Name string `pulumi:"name"`
	// Component is the value of the label app.kubernetes.io/component, by which the
	// pool's pods are told from those of other pools. It must never change.
	Component string `pulumi:"component,optional"`
	// Roles are those of each node.
	Roles []Role `pulumi:"roles"`
	// FirstID is the node id of the first pod; the others have the next ones.
	FirstID int `pulumi:"firstId,optional"`
	// Replicas is how many pods there are, 1 to PoolIDs.
	Replicas int `pulumi:"replicas,optional"`

	// Size is what each node gets of its Kubernetes node.
	Size Size `pulumi:"size,optional"`
	// Claims are the volumes that each pod has for itself; none with a shared one.
	Claims []Claim `pulumi:"claims,optional"`
	// Scheduling says on which Kubernetes nodes the pods run.
	Scheduling Scheduling `pulumi:"scheduling,optional"`
	// Rack is where all of the pool's brokers are, for Kafka to spread replicas over
	// (broker.rack). Empty: nowhere in particular.
	Rack string `pulumi:"rack,optional"`
	// JVMOptions are further flags of the JVM, separated by spaces.
	JVMOptions string `pulumi:"jvmOptions,optional"`
	// Restart is any text: another one restarts the pool's pods once. They have it in an annotation.
	// Empty: none.
	Restart string `pulumi:"restart,optional"`
	// Properties are further lines of server.properties. Those that follow from the
	// plan are refused (package properties).
	Properties map[string]string `pulumi:"properties,optional"`
}

// Pod is the name of the pod with this ordinal.
func (p Pool) Pod(ordinal int) string { return fmt.Sprintf("%s-%d", p.Name, ordinal) }

// Pods are the names of its pods, in the order of their ordinals.
func (p Pool) Pods() []string {
	var pods []string
	for ordinal := range p.Replicas {
		pods = append(pods, p.Pod(ordinal))
	}
	return pods
}

// NodeID is the Kafka node id of the pod with this ordinal.
func (p Pool) NodeID(ordinal int) int { return p.FirstID + ordinal }

// Size is what a node gets. All are Kubernetes quantities, such as 384Mi or 200m; what is
// left out is completed from BrokerSize or ControllerSize.
type Size struct {
	// Heap of the JVM, both least and most.
	Heap       string `pulumi:"heap,optional"`
	CPURequest string `pulumi:"cpuRequest,optional"`
	// CPULimit may be empty: as much as the Kubernetes node has.
	CPULimit      string `pulumi:"cpuLimit,optional"`
	MemoryRequest string `pulumi:"memoryRequest,optional"`
	MemoryLimit   string `pulumi:"memoryLimit,optional"`
	// EphemeralStorage limits what a pod writes outside its volume (/tmp, logs).
	EphemeralStorage string `pulumi:"ephemeralStorage,optional"`
}

// BrokerSize is that of a broker, or of a node with both roles, that says nothing else.
func BrokerSize() Size {
	return Size{Heap: "384Mi", CPURequest: "200m", MemoryRequest: "640Mi", MemoryLimit: "1Gi", EphemeralStorage: "1Gi"}
}

// ControllerSize is that of a controller that says nothing else.
func ControllerSize() Size {
	return Size{Heap: "256Mi", CPURequest: "100m", MemoryRequest: "448Mi", MemoryLimit: "768Mi", EphemeralStorage: "1Gi"}
}
