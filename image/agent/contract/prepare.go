package contract

import "strconv"

// Verbs of the agent's command line, and the flags of VerbPrepare.
const (
	VerbRun     = "run"     // start the node; the image's default
	VerbPrepare = "prepare" // make a directory and give it to the node's user
	VerbVersion = "version" // Kafka's and Java's version in this image
	FlagDir     = "dir"     // the directory
	FlagUID     = "uid"     // who shall own it (default UID)
)

// Prepare returns the agent's arguments that make a directory for UID, which takes root. PlaceholderOrdinal in it stands for
// the pod's own.
func Prepare(dir string) []string {
	return []string{VerbPrepare, "--" + FlagDir, dir, "--" + FlagUID, strconv.Itoa(UID)}
}
