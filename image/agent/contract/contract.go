// Package contract is what the agent and the program that runs it in pods have to agree on: names of environment variables,
// paths, ports, placeholders, the answers of the agent's HTTP and the rule for a heap. Each stands here once. It is pure.
package contract

import "time"

// UID is user and group of every process in a pod: the image's user (Dockerfile), and at least 10000, so that it is no user
// of any node.
const UID = 10001

// Paths in the image and in the pod.
const (
	AgentPath    = "/opt/kafka/bin/kafka-agent" // the image's entry point
	ConfigMount  = "/etc/kafka"                 // where the pod has ConfigFile, with placeholders
	ConfigFile   = "server.properties"          // of Kafka, as properties.Write writes it
	LifeMount    = "/etc/kafka-life"            // where the pod has LifeLived and what follows there
	ScratchMount = "/tmp"                       // the one place that both the agent and Kafka may write to beside the volumes
)

// BrokerSession is how long the controllers wait for a broker's heartbeats before they fence it (the program's
// broker.session.timeout.ms). The agent reckons with it: one that was silent for longer may have been fenced.
const BrokerSession = 6 * time.Second

// Files in LifeMount, which the agent reads whenever it has to decide about a volume that was lost, or whom it reckons
// with. Each may be missing.
const (
	// LifeLived is "true" once all of the cluster has been in service.
	LifeLived = "lived"
	// LifeAcceptLoss names what is given up on purpose, in words separated by spaces: pods whose volume was lost, or
	// LossOfQuorum.
	LifeAcceptLoss = "acceptLoss"
	// LifeControllers are the node ids of all controllers, in words separated by spaces. Missing: those that began the
	// quorum (EnvInitialControllers) are all that there are.
	LifeControllers = "controllers"
	// LossOfQuorum is the word that lets controllers form a new quorum, without topics, offsets, users and ACLs.
	LossOfQuorum = "quorum"
)
