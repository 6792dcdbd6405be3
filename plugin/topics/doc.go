// Package topics has the topics and quotas of provider kafka-kraft. Unlike gates, they are what
// they say: made, changed and deleted with the resource, and read by a refresh.
//
// Only what a resource says is looked after. Configuration that somebody else has set for a topic
// stays, and so does a topic that somebody else has made: it is taken over only if nothing of it
// would change, or on purpose (adopt).
//
// Kafka is reached through the Kubernetes API server, or directly from a pod, and never by the
// addresses for clients outside: those may be another Kafka's by the time that a topic is deleted.
//
// While a cluster is stopped nothing differs, and what is to be made is pending; its start brings
// it about. With the cluster itself they go without a word to Kafka, which is the program's to
// say (pulumi.DeletedWith).
package topics
