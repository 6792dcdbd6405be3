package config

import (
	"fmt"
	"net/url"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

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
	// The voters of the first quorum; more of them come by joining it (QuorumOf).
	f[votersKey(c.Topology)] = strconv.Itoa(c.Voters())
	if c.Topology == topology.Separated {
		f["controllerIds"] = strconv.Itoa(c.ControllerIDs)
	}
	switch c.Storage.Mode {
	case Shared:
		f["storage.hostPath"] = c.Storage.HostPath
		f["storage.volumeName"] = c.Plan().Shared.Volume
		f[recordsSize] = string(c.Storage.Size)
		f[node] = c.Storage.Node
	case PerPod:
		f["storage.className"] = c.Storage.ClassName
		f[recordsSize] = string(c.Storage.Size)
		f[metadataSize] = string(c.Storage.MetadataSize)
		if c.Topology == topology.Separated {
			f[controllerSize] = string(c.Storage.ControllerSize)
		}
	}
	return f
}

// may reports whether a fact may be what it is now. A claim may be larger than it was, and
// by how much less is for Smaller to say; but whether there is one is for life. How many
// controllers there may be is for Voting.
func (c Config) may(key, is, was string) bool {
	if key == votersKey(c.Topology) {
		return true
	}
	if c.Storage.Mode == PerPod && sizes[key] {
		return (is == "") == (was == "")
	}
	return is == was || sizes[key] && compare(Quantity(is), Quantity(was)) == 0
}

// node is the fact that may be told later, when a Kubernetes with one node gets more.
const node = "storage.node"

// grown is how many brokers there are: more may come, and less be there only when those that
// go were emptied.
const grown = brokers + most

// Record writes what cannot be changed while the stack lives. It is one line, since
// `pulumi up` shows it with every run; its content is for Changes alone.
func (c Config) Record() string {
	record := url.Values{}
	for key, value := range c.facts() {
		record.Set(key, value)
	}
	record.Set(grown, strconv.Itoa(c.Brokers))
	if e := c.Security.Encryption; e != topology.None {
		record.Set(encryption, string(e))
	}
	return record.Encode()
}

// WithBrokers is a record of so many brokers at least.
func WithBrokers(record string, brokers int) string {
	values, err := url.ParseQuery(record)
	if err != nil {
		return record // which Changes will complain about
	}
	values.Set(grown, strconv.Itoa(brokers))
	return values.Encode()
}

// BrokersOf is how many brokers, or combined nodes, a cluster has had by its record, 0 if that
// does not say.
func BrokersOf(record string) int {
	values, err := url.ParseQuery(record)
	if err != nil {
		return 0
	}
	had, _ := strconv.Atoi(values.Get(grown)) // 0 is right for what is no number
	return had
}

// Shrinks complains if there are to be fewer brokers than the cluster has had, although
// nobody can empty those that would go: why says what is in the way, with what to do about it.
func (c Config) Shrinks(had int, why string) Problems {
	var p Problems
	if c.Brokers < had && why != "" {
		p.add(brokers, strconv.Itoa(c.Brokers), "the cluster has %d, and those that go are emptied first, which %s", had, why)
	}
	return p
}

// Changes are the differences to a live stack that would cost records. record is what
// Record wrote when it came alive, id its cluster id; both may be empty.
func (c Config) Changes(record, id string) (Problems, error) {
	before, err := url.ParseQuery(record)
	if err != nil {
		return nil, fmt.Errorf("reading what the stack remembers: %w", err)
	}
	var p Problems
	now := c.facts()
	for key := range sorted(before) {
		was := before.Get(key)
		if key == node && was == "" {
			continue
		}
		if is, known := now[key]; known && !c.may(key, is, was) {
			p.add(key, is, "cannot be changed on a live cluster, which has %q: set it back, or make another stack and move the records there", was)
		}
	}
	if c.ClusterID != "" && id != "" && c.ClusterID != id {
		p.add("clusterId", c.ClusterID, "the cluster has %q, and its volumes say so, too: take the key away, or make another stack", id)
	}
	return p, nil
}
