package contract

import "strings"

// What the agent tells people to do stands here: the one place where it knows the program's commands and its keys
// (stacks/config), and the one to change for a program that has others.
const (
	// HelpNames is the way back to the addresses that a quorum keeps for life.
	HelpNames = "set clusterName, namespace and clusterDomain back"
	// HelpControllers is the way back to voters that exist.
	HelpControllers = "set the number of controllers (of brokers, where every broker is a controller too) back to what it was"
	// HelpFullVolume is the way to room on a volume.
	HelpFullVolume = "enlarge its claim, if the storage class allows it (kubectl patch pvc; storage.size itself cannot grow yet), " +
		"or the disk below it, and set retention.bytes once Kafka runs; never remove files by hand"
	// HelpExtraVoters takes a voter that the plan does not have out of the quorum.
	HelpExtraVoters = "kafka-metadata-quorum.sh --bootstrap-server localhost:9092 remove-controller --controller-id ID " +
		"--controller-directory-id DIRECTORY (describe --replication tells both)"
)

// HelpAdopt is the command that adopts the records of a cluster.
func HelpAdopt(clusterID string) string {
	dashes := ""
	if strings.HasPrefix(clusterID, "-") { // or the command line would take the id for a flag
		dashes = "-- "
	}
	return "pulumi config set " + dashes + "kafka-kraft:clusterId " + clusterID
}

// HelpAcceptLoss is the command that accepts the loss of what it names: a pod, or LossOfQuorum.
func HelpAcceptLoss(what string) string {
	return "pulumi config set --path 'acceptLoss[0]' " + what + " && pulumi up"
}
