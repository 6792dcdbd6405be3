package config

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// configs are configurations with every choice that the plan depends on. Most choices
// are within their limits and some just outside, so that about half of them are valid.
func configs() *rapid.Generator[Config] {
	return rapid.Custom(func(t *rapid.T) Config {
		slip := rapid.IntRange(0, 19).Draw(t, "slip") // which limit to overstep, if any
		c := Default()
		c.Context = "c"
		c.Topology = rapid.SampledFrom([]topology.Mode{topology.Combined, topology.Separated}).Draw(t, "topology")
		c.ClusterName = rapid.StringMatching(`[a-z]([-a-z0-9]{0,33}[a-z0-9])?`).Draw(t, "clusterName")
		odd := rapid.SampledFrom([]int{1, 3, 5, 7, 9})
		if c.Topology == topology.Combined {
			c.Brokers = odd.Draw(t, "brokers")
			c.Storage.Mode = rapid.SampledFrom([]StorageMode{Shared, PerPod}).Draw(t, "mode")
			if c.Storage.Mode == PerPod {
				c.Storage.MetadataSize = rapid.SampledFrom([]Quantity{"", "1Gi"}).Draw(t, "metadataSize")
			}
		} else {
			c.Brokers = rapid.IntRange(1, 100).Draw(t, "brokers")
			c.Controllers = rapid.SampledFrom([]int{0, 1, 3, 5, 7, 9}).Draw(t, "controllers")
			c.Storage.Mode = PerPod
			c.BrokerIDs = rapid.IntRange(0, 1<<20).Draw(t, "brokerIds")
			c.ControllerIDs = c.BrokerIDs + rapid.IntRange(topology.PoolIDs, 1<<20).Draw(t, "distance")
		}
		c.ReplicationFactor = rapid.IntRange(0, c.Brokers).Draw(t, "replicationFactor")
		c.MinInSyncReplicas = rapid.IntRange(0, max(1, c.Replication()-1)).Draw(t, "minInSyncReplicas")
		c.Broker.Heap = rapid.SampledFrom([]Quantity{"64Mi", "384Mi", "704Mi", "0.5Gi"}).Draw(t, "heap")
		if rapid.Bool().Draw(t, "external") {
			c.External = External{Type: NodePort, Host: "node", BasePort: rapid.IntRange(30000, 32767-c.Brokers).Draw(t, "basePort")}
		}
		switch slip {
		case 0:
			c.Brokers++
		case 1:
			c.Controllers++
		case 2:
			c.ControllerIDs = c.BrokerIDs + topology.PoolIDs - 1
		case 3:
			c.ReplicationFactor = c.Brokers + 1
		case 4:
			c.MinInSyncReplicas = c.Replication()
		case 5:
			c.Broker.Heap = c.Broker.MemoryLimit
		case 6:
			c.External.BasePort = lastNodePort
		case 7:
			c.ClusterName += rapid.StringMatching(`[a-z]{1,30}`).Draw(t, "more")
		}
		return c
	})
}

func TestValidConfigurationsAreSound(t *testing.T) {
	valid, all := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		config := configs().Draw(t, "config")
		all++
		if config.Validate() == nil {
			valid++
			sound(t, config)
		}
	})
	if valid*4 < all {
		t.Errorf("only %d of %d drawn configurations were valid, too few to learn from", valid, all)
	}
}
