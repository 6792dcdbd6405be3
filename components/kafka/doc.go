// Package kafka is the product: New runs a Kafka cluster on Kubernetes, with its image,
// ids, namespace, volumes, services, policies and node pools, from one value of
// arguments. What it does not say has defaults that are safe. Parts can be replaced: an
// image or a namespace of one's own, a provider (pulumi.Provider), a node pool alone
// (NewNodePool).
//
// Names, pools and listeners are data, planned by package topology; what is written into
// server.properties is pure and stands in package properties.
package kafka
