// Package kafka runs a planned Kafka cluster on Kubernetes: its node pools, the
// services in front of them and the policies around them. What is written into
// server.properties is pure and stands in package properties.
package kafka
