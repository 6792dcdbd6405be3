package topology

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"
	"pgregory.net/rapid"
)

func TestCombinedHasTheTutorialsNames(t *testing.T) {
	p := New(Shape{Mode: Combined, Name: "kafka", Namespace: "kafka-kraft", Domain: "cluster.local", Brokers: 3, Controllers: 3})
	require.Len(t, p.Pools, 1)
	assert.Equal(t, Pool{Name: "kafka", Component: "combined", Broker: true, Controller: true, Replicas: 3}, p.Pools[0])
	assert.Equal(t, "broker,controller", p.Pools[0].Roles())
	assert.Equal(t, []string{"kafka-0", "kafka-1", "kafka-2"}, p.BrokerPods())
	assert.Equal(t, "kafka-svc", p.Headless)
	assert.Equal(t, "kafka-pv-volume", p.SharedVolume)
	assert.Equal(t, "kafka-pv-claim", p.SharedClaim)
	assert.Equal(t, "kafka-bootstrap.kafka-kraft.svc.cluster.local:9092", p.BootstrapServers())
	assert.Empty(t, p.ExternalBootstrapServers())
	assert.Equal(t, "kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9093,"+
		"kafka-1.kafka-svc.kafka-kraft.svc.cluster.local:9093,"+
		"kafka-2.kafka-svc.kafka-kraft.svc.cluster.local:9093", p.QuorumBootstrapServers())
}

func TestSeparatedHasTheArchitecturesNames(t *testing.T) {
	p := New(Shape{
		Mode: Separated, Name: "demo", Namespace: "ns", Domain: "cluster.local", Brokers: 2, Controllers: 3,
		ControllerIDs: 1000, External: External{Host: "node", BasePort: 30092},
	})
	require.Len(t, p.Pools, 2)
	assert.Equal(t, "demo-kafka-controller", p.Pools[0].Name)
	assert.Equal(t, "controller", p.Pools[0].Roles())
	assert.Equal(t, "demo-kafka-broker", p.Pools[1].Name)
	assert.Equal(t, "broker", p.Pools[1].Roles())
	assert.Equal(t, []string{"demo-kafka-broker-0", "demo-kafka-broker-1"}, p.BrokerPods())
	assert.Equal(t, "demo-kafka-headless", p.Headless)
	assert.Equal(t, "demo-kafka-broker.ns.svc.cluster.local:9092", p.BootstrapServers())
	assert.Equal(t, "node:30092", p.ExternalBootstrapServers())
	p.External.Host = "fd00::1"
	assert.Equal(t, "[fd00::1]:30092", p.ExternalBootstrapServers(), "an IPv6 address as clients want it")
	assert.Equal(t, 30094, p.External.BrokerPort(1))
	require.Len(t, p.Voters, 3)
	assert.Equal(t, Voter{NodeID: 1002, Pod: "demo-kafka-controller-2", Host: "demo-kafka-controller-2.demo-kafka-headless.ns.svc.cluster.local", Port: 9093}, p.Voters[2])
}

func TestInitialControllers(t *testing.T) {
	p := New(Shape{Mode: Combined, Name: "k", Namespace: "n", Domain: "d", Brokers: 1, Controllers: 1, BrokerIDs: 7})
	text, err := p.InitialControllers([]string{"lIu-zdvJAJnZ_4jr4Hmu3Q"})
	require.NoError(t, err)
	assert.Equal(t, "7@k-0.k-svc.n.svc.d:9093:lIu-zdvJAJnZ_4jr4Hmu3Q", text)
	_, err = p.InitialControllers(nil)
	require.Error(t, err)
}

// shapes are all shapes that validation lets through.
func shapes() *rapid.Generator[Shape] {
	return rapid.Custom(func(t *rapid.T) Shape {
		s := Shape{
			Mode:      rapid.SampledFrom([]Mode{Combined, Separated}).Draw(t, "mode"),
			Name:      rapid.StringMatching(`[a-z]([-a-z0-9]{0,33}[a-z0-9])?`).Draw(t, "name"),
			Namespace: rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`).Draw(t, "namespace"),
			Domain:    rapid.SampledFrom([]string{"cluster.local", "k8s.example.com"}).Draw(t, "domain"),
			BrokerIDs: rapid.IntRange(0, 1<<20).Draw(t, "broker ids"),
		}
		odd := rapid.SampledFrom([]int{1, 3, 5, 7, 9})
		s.Controllers = odd.Draw(t, "controllers")
		s.Brokers = s.Controllers
		if s.Mode == Separated {
			s.Brokers = rapid.IntRange(1, 100).Draw(t, "brokers")
			distance := rapid.IntRange(PoolIDs, 1<<20).Draw(t, "distance")
			s.ControllerIDs = s.BrokerIDs + distance
		}
		if rapid.Bool().Draw(t, "external") {
			s.External = External{Host: "node", BasePort: rapid.IntRange(30000, 32767-s.Brokers).Draw(t, "port")}
		}
		return s
	})
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shapes().Draw(t, "shape")
		p := New(s)
		require.Equal(t, p, New(s), "the same shape gives the same plan")

		ids, pods, voters := map[int]string{}, map[string]bool{}, 0
		brokers := 0
		for _, pool := range p.Pools {
			// Kubernetes adds a revision to the name in a label of every pod.
			require.LessOrEqual(t, len(pool.Name)+11, validation.LabelValueMaxLength)
			for i := range pool.Replicas {
				id, pod := pool.NodeID(i), pool.Pod(i)
				require.NotContains(t, ids, id, "node ids are unique")
				require.False(t, pods[pod], "pods are unique")
				ids[id], pods[pod] = pod, true
				require.Empty(t, validation.IsDNS1123Label(pod), "%s is a DNS label", pod)
				require.LessOrEqual(t, len(p.PodHost(pod)), 253)
				if pool.Controller {
					voters++
				}
				if pool.Broker {
					brokers++
				}
			}
		}
		require.Equal(t, s.Brokers, brokers)
		require.Equal(t, s.Controllers, voters)
		require.Len(t, p.Voters, voters, "voters are the controllers")
		for _, v := range p.Voters {
			require.Equal(t, v.Pod, ids[v.NodeID], "a voter is a pod of the plan")
			require.Contains(t, p.QuorumBootstrapServers(), fmt.Sprintf("%s:%d", v.Host, v.Port))
		}
		directories := make([]string, len(p.Voters))
		for i := range directories {
			directories[i] = strings.Repeat("A", 22)
		}
		_, err := p.InitialControllers(directories)
		require.NoError(t, err)

		for _, service := range []string{p.Headless, p.Bootstrap} {
			require.Empty(t, validation.IsDNS1035Label(service), "%s is a service's name", service)
		}
		require.NotEqual(t, p.Headless, p.Bootstrap)
		for _, name := range []string{p.SharedVolume, p.SharedClaim} {
			require.Empty(t, validation.IsDNS1123Subdomain(name))
		}
		if p.External.Enabled() {
			ports := map[int]bool{p.External.BasePort: true}
			for i := range p.BrokerPods() {
				port := p.External.BrokerPort(i)
				require.False(t, ports[port], "every broker has a NodePort of its own")
				require.True(t, port >= 30000 && port <= 32767)
				ports[port] = true
			}
		}
	})
}

// A pool that grows keeps all its ids, and takes none of another.
func TestGrowthMovesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := shapes().Filter(func(s Shape) bool { return s.Mode == Separated && s.Brokers < 100 }).Draw(t, "shape")
		grown := s
		grown.Brokers++
		before, after := New(s), New(grown)
		require.Equal(t, before.Voters, after.Voters)
		require.Equal(t, before.QuorumBootstrapServers(), after.QuorumBootstrapServers())
		for i, pool := range before.Pools {
			for n := range pool.Replicas {
				require.Equal(t, pool.NodeID(n), after.Pools[i].NodeID(n))
				require.Equal(t, pool.Pod(n), after.Pools[i].Pod(n))
			}
		}
	})
}
