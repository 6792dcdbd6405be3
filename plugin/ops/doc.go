// Package ops has the gates of provider kafka-kraft: resources that stand in the way of
// what depends on them until the running cluster is what it shall be.
//
// A gate is a resource and not a hook of Pulumi's for three reasons. It stands in the
// preview. It hears Ctrl-C, which hooks do not. And what was cut off is gone on with: the
// engine calls the provider again for a resource that failed to initialize though no input
// differs, whereas an after-hook that did not end is never called again, since the step
// that it followed is done.
//
// Create and Update do the same, "make it so", and remember nothing that the cluster
// itself does not know. Delete does nothing, since a gate has made nothing.
package ops
