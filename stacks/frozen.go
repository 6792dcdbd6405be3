package stacks

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// OutputFrozen is the output in which a stack remembers what cannot be changed
// while it lives. Its content is for this program alone.
const OutputFrozen = "frozen"

// facts are what Kubernetes or Kafka keep for life, by configuration key. Another
// value would replace a volume, a claim, a StatefulSet or a voter, and so lose
// records or the quorum.
type facts map[string]string

func (c Config) facts() facts {
	f := facts{
		"topology":        string(c.Topology),
		"clusterName":     c.ClusterName,
		"namespace":       c.KubeNamespace,
		"createNamespace": strconv.FormatBool(c.CreateNamespace),
		"clusterDomain":   c.ClusterDomain,
		"brokerIds":       strconv.Itoa(c.BrokerIDs),
		"controllers":     strconv.Itoa(c.Voters()),
		"storage.mode":    string(c.Storage.Mode),
	}
	if c.Topology == topology.Separated {
		f["controllerIds"] = strconv.Itoa(c.ControllerIDs)
	}
	switch c.Storage.Mode {
	case Shared:
		f["storage.hostPath"] = c.Storage.HostPath
		f["storage.volumeName"] = c.Plan().SharedVolume
		f["storage.size"] = string(c.Storage.Size)
	case PerPod:
		f["storage.className"] = c.Storage.ClassName
		f["storage.size"] = string(c.Storage.Size)
		f["storage.metadataSize"] = string(c.Storage.MetadataSize)
		if c.Topology == topology.Separated {
			f["storage.controllerSize"] = string(c.Storage.ControllerSize)
		}
	}
	return f
}

// frozen is the whole record: the facts, and what may only grow.
type frozen struct {
	Facts   facts `json:"facts"`
	Brokers int   `json:"brokers"`
}

func (c Config) frozen() (string, error) {
	text, err := json.Marshal(frozen{Facts: c.facts(), Brokers: c.Brokers})
	if err != nil {
		return "", fmt.Errorf("remembering what cannot change: %w", err)
	}
	return string(text), nil
}

// checkLive compares the configuration with what the stack already is. A stack
// that was never brought up, or was destroyed, is free to become anything.
func (c Config) checkLive(ctx *pulumi.Context) error {
	self, err := pulumi.NewStackReference(ctx, "self", &pulumi.StackReferenceArgs{
		Name: pulumi.String(fmt.Sprintf("%s/%s/%s", ctx.Organization(), ctx.Project(), ctx.Stack())),
	})
	if err != nil {
		return fmt.Errorf("reading the stack's own outputs: %w", err)
	}
	read := func(name string) (string, error) {
		details, err := self.GetOutputDetails(name)
		if err != nil {
			return "", fmt.Errorf("reading the stack's own output %s: %w", name, err)
		}
		text, _ := details.Value.(string)
		return text, nil
	}
	record, err := read(OutputFrozen)
	if err != nil || record == "" {
		return err
	}
	id, err := read(OutputClusterID)
	if err != nil {
		return err
	}
	var before frozen
	if err := json.Unmarshal([]byte(record), &before); err != nil {
		return fmt.Errorf("reading the stack's own output %s: %w", OutputFrozen, err)
	}
	if err := c.changes(before, id).err(); err != nil {
		return fmt.Errorf("stack %s is live: %w", ctx.Stack(), err)
	}
	return nil
}

// changes are the differences that would cost records.
func (c Config) changes(before frozen, id string) Problems {
	var p Problems
	now := c.facts()
	for key, was := range sorted(before.Facts) {
		if is, known := now[key]; known && is != was {
			p.add(key, is, "cannot be changed on a live cluster, which has %q: set it back, or make another stack and move the records there", was)
		}
	}
	if c.Brokers < before.Brokers && c.Topology == topology.Separated {
		p.add("brokers", strconv.Itoa(c.Brokers), "the cluster has %d, and taking one away loses what only it holds: set it back; to run none for a while, use kafka-kraft:stopped", before.Brokers)
	}
	if c.ClusterID != "" && id != "" && c.ClusterID != id {
		p.add("clusterId", c.ClusterID, "the cluster has %q, and its volumes say so, too: take the key away, or make another stack", id)
	}
	return p
}
