package stacks

import (
	"fmt"
	"net/url"
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
		"storage.mode":    string(c.Storage.Mode),
	}
	// The voters of the first quorum; more of them come by joining it.
	switch c.Topology {
	case topology.Combined:
		f["brokers"] = strconv.Itoa(c.Voters())
	case topology.Separated:
		f["controllers"] = strconv.Itoa(c.Voters())
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

// grown is the fact that may become more, but never less.
const grown = "brokers.atLeast"

// record writes the facts in one line, which `pulumi up` shows with every run.
func (c Config) record() string {
	record := url.Values{}
	for key, value := range c.facts() {
		record.Set(key, value)
	}
	record.Set(grown, strconv.Itoa(c.Brokers))
	return record.Encode()
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
	before, err := url.ParseQuery(record)
	if err != nil {
		return fmt.Errorf("reading the stack's own output %s: %w", OutputFrozen, err)
	}
	if err := c.changes(before, id).err(); err != nil {
		return fmt.Errorf("stack %s is live: %w", ctx.Stack(), err)
	}
	return nil
}

// changes are the differences that would cost records.
func (c Config) changes(before url.Values, id string) Problems {
	var p Problems
	now := c.facts()
	for key := range sorted(before) {
		was := before.Get(key)
		if is, known := now[key]; known && is != was {
			p.add(key, is, "cannot be changed on a live cluster, which has %q: set it back, or make another stack and move the records there", was)
		}
	}
	// Combined, the number of brokers is a fact already.
	if had, err := strconv.Atoi(before.Get(grown)); err == nil && c.Brokers < had && c.Topology == topology.Separated {
		p.add("brokers", strconv.Itoa(c.Brokers), "the cluster has %d, and taking one away loses what only it holds: set it back; to run none for a while, use kafka-kraft:stopped", had)
	}
	if c.ClusterID != "" && id != "" && c.ClusterID != id {
		p.add("clusterId", c.ClusterID, "the cluster has %q, and its volumes say so, too: take the key away, or make another stack", id)
	}
	return p
}
