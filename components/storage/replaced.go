package storage

// What Kubernetes remembers of volumes that are replaced. Neither is Pulumi's, which leaves
// alone what it has not set.
const (
	// ReplacedAnnotation is that of a claim that took the place of another one: the token of the
	// replacement. It is gone with the volume, and outlives the stack with it.
	ReplacedAnnotation = "kafka-kraft.io/replaced"
	// ReplacingAnnotation is that of a StatefulSet one of whose pods is about to get an empty
	// volume, or has got it and is waited for: which one, and what is to be deleted.
	ReplacingAnnotation = "kafka-kraft.io/replacing"
)
