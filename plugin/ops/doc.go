// Package ops has the gates of provider kafka-kraft: resources that stand in the way of
// what depends on them until the running cluster is what it shall be.
//
// A gate is a resource and not a hook of Pulumi's for three reasons. It stands in the
// preview. It hears Ctrl-C, which hooks do not. And what was cut off is gone on with: the
// engine calls the provider again for a resource that failed to initialize though no input
// differs, whereas an after-hook that did not end is never called again, since the step
// that it followed is done.
//
// Create and Update do the same, "make it so", and look at the cluster first. What a gate
// remembers serves only where nobody can be asked (Outcome). Delete does nothing, since a
// gate has made nothing.
//
// Rollout stands behind every StatefulSet, and restarts its pods when their template is another
// one (package components/rollout says why Kubernetes does not). Evacuation, Membership and Quorum
// look after who belongs to a pool, with package ops. Capacity stands behind the Rollout of a pool
// whose pods have claims, until their volumes are as large as they ask. None of these four connects
// to Kafka on a first up: Kubernetes tells that there is no StatefulSet yet, or that it is as it
// was made.
package ops
