package config

import (
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Plan is the topology that this configuration asks for: its keys are a short way to
// say one pool or two, and two listeners or three.
func (c Config) Plan() topology.Plan {
	plan := topology.Plan{Name: c.ClusterName, Namespace: c.KubeNamespace, Domain: c.ClusterDomain, Encryption: c.Security.Encryption}
	if c.authenticates() {
		// Also where clients have passwords only: this program comes by its certificate.
		plan.Authentication = topology.MutualTLS
	}
	plan.SCRAM = c.asksFor(topology.SCRAM) && plan.Encryption != topology.None
	if s := c.Storage; s.Mode == Shared {
		plan.Shared = &topology.Shared{Volume: s.VolumeName, HostPath: s.HostPath, Size: string(s.Size)}
	}
	brokers := c.pool(c.Broker, c.claims(plan, c.Storage.Size))
	brokers.Replicas, brokers.FirstID, brokers.Restart = c.Brokers, c.BrokerIDs, c.Restart.Brokers
	if c.Topology == topology.Separated {
		controllers := c.pool(c.Controller, c.claims(plan, c.Storage.ControllerSize))
		controllers.Replicas, controllers.FirstID, controllers.Restart = c.Voters(), c.ControllerIDs, c.Restart.Controllers
		plan = plan.Separated(controllers, brokers)
	} else {
		plan = plan.Combined(brokers)
	}
	if c.External.Type == NodePort {
		plan = plan.Outside(c.External.Host, c.External.BasePort)
	}
	return plan
}

func (c Config) pool(n Node, claims []topology.Claim) topology.Pool {
	return topology.Pool{
		Size: topology.Size{
			Heap:             string(n.Heap),
			CPURequest:       string(n.CPURequest),
			CPULimit:         string(n.CPULimit),
			MemoryRequest:    string(n.MemoryRequest),
			MemoryLimit:      string(n.MemoryLimit),
			EphemeralStorage: string(n.EphemeralStorage),
		},
		Claims:     claims,
		Scheduling: c.scheduling(),
		JVMOptions: n.JVMOptions,
		Properties: n.Properties,
	}
}

// claims are the volumes that every pod gets for itself; none with a shared one.
func (c Config) claims(plan topology.Plan, size Quantity) []topology.Claim {
	s := c.Storage
	if s.Mode != PerPod {
		return nil
	}
	claims := []topology.Claim{plan.Claim(topology.RecordsClaim, string(size), s.ClassName)}
	if s.MetadataSize != "" {
		claims = append(claims, plan.Claim(topology.MetadataClaim, string(s.MetadataSize), s.ClassName))
	}
	return claims
}

func (c Config) scheduling() topology.Scheduling {
	wanted := c.Scheduling
	placed := topology.Scheduling{
		Spread:        wanted.AntiAffinity != NoAntiAffinity,
		Strict:        wanted.AntiAffinity == HardAntiAffinity,
		SpreadKey:     wanted.SpreadKey,
		NodeSelector:  wanted.NodeSelector,
		PriorityClass: wanted.PriorityClass,
	}
	if c.Storage.Mode == Shared {
		// A pod that came to another node would find an empty directory there.
		placed.Spread, placed.SpreadKey = false, ""
		placed.Node, placed.Together = c.Storage.Node, c.Storage.Node == ""
	}
	for _, t := range wanted.Tolerations {
		placed.Tolerations = append(placed.Tolerations, topology.Toleration(t))
	}
	return placed
}
