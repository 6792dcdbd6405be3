package config

import (
	"time"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/pki"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Default is a stack that says nothing but its context: the tutorial.
func Default() Config {
	return Config{
		Topology:        topology.Combined,
		ClusterName:     "kafka",
		KubeNamespace:   "kafka-kraft",
		CreateNamespace: true,
		ClusterDomain:   "cluster.local",
		Brokers:         3,
		BrokerIDs:       0,
		ControllerIDs:   topology.PoolIDs,
		KafkaVersion:    image.KafkaVersion,
		Features:        Hold,
		ImageContext:    "",
		ImagePullPolicy: "IfNotPresent",
		Storage: Storage{
			Mode:           Shared,
			HostPath:       "/mnt/data",
			Size:           topology.BrokerVolume,
			ControllerSize: topology.ControllerVolume,
		},
		Broker:     sized(topology.BrokerSize()),
		Controller: sized(topology.ControllerSize()),
		External:   External{Type: NoExternal},
		Security: Security{
			Encryption:    topology.None,
			Authorization: topology.Open,
			Certificates: Certificates{
				Source:     PulumiCertificates,
				Lifetime:   Duration(pki.Lifetime),
				CALifetime: Duration(pki.CALifetime),
			},
		},
		Moves: Moves{Rebalance: placement.None, Concurrency: 10},
		Scheduling: Scheduling{
			AntiAffinity: SoftAntiAffinity,
			SpreadKey:    topology.ZoneKey,
		},
		Probes: Probes{
			StartupSeconds:  86400,
			PeriodSeconds:   5,
			LivenessSeconds: 60,
			TimeoutSeconds:  3,
		},
		Metrics:                 true,
		Logging:                 Logging{Format: TextLogs},
		NetworkPolicy:           true,
		RetainData:              true,
		Timeout:                 Duration(10 * time.Minute),
		TerminationGraceSeconds: 720,
		StopGateSeconds:         600,
	}
}

func sized(s topology.Size) Node {
	return Node{
		Heap:             Quantity(s.Heap),
		CPURequest:       Quantity(s.CPURequest),
		CPULimit:         Quantity(s.CPULimit),
		MemoryRequest:    Quantity(s.MemoryRequest),
		MemoryLimit:      Quantity(s.MemoryLimit),
		EphemeralStorage: Quantity(s.EphemeralStorage),
	}
}
