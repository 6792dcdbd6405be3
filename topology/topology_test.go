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
	p := Plan{Name: "kafka", Namespace: "kafka-kraft", Shared: &Shared{HostPath: "/mnt/data", Size: "1Gi"}}.Combined(Pool{Replicas: 3})
	require.NoError(t, p.Check())
	require.Len(t, p.Pools, 1)
	assert.Equal(t, Pool{Name: "kafka", Component: "combined", Roles: []Role{Broker, Controller}, Replicas: 3, Size: BrokerSize()}, p.Pools[0])
	assert.Equal(t, "broker,controller", p.Pools[0].ProcessRoles())
	assert.Equal(t, []string{"kafka-0", "kafka-1", "kafka-2"}, p.BrokerPods())
	assert.Equal(t, "kafka-svc", p.Headless)
	assert.Equal(t, "kafka-pv-volume", p.Shared.Volume)
	assert.Equal(t, "kafka-pv-claim", p.Shared.Claim)
	assert.Equal(t, "kafka-bootstrap.kafka-kraft.svc.cluster.local:9092", p.BootstrapServers())
	assert.Empty(t, p.ExternalBootstrapServers())
	assert.Equal(t, "kafka-0.kafka-svc.kafka-kraft.svc.cluster.local:9093,"+
		"kafka-1.kafka-svc.kafka-kraft.svc.cluster.local:9093,"+
		"kafka-2.kafka-svc.kafka-kraft.svc.cluster.local:9093", p.QuorumBootstrapServers())
}

func TestSeparatedHasTheArchitecturesNames(t *testing.T) {
	p := Plan{Name: "demo", Namespace: "ns"}.Separated(Pool{}, Pool{Replicas: 2}).Outside("node", 30092)
	require.NoError(t, p.Check())
	require.Len(t, p.Pools, 2)
	assert.Equal(t, "demo-kafka-controller", p.Pools[0].Name)
	assert.Equal(t, "controller", p.Pools[0].ProcessRoles())
	assert.Equal(t, "demo-kafka-broker", p.Pools[1].Name)
	assert.Equal(t, "broker", p.Pools[1].ProcessRoles())
	assert.Equal(t, []string{"demo-kafka-broker-0", "demo-kafka-broker-1"}, p.BrokerPods())
	assert.Equal(t, "demo-kafka-headless", p.Headless)
	assert.Equal(t, "demo-kafka-broker.ns.svc.cluster.local:9092", p.BootstrapServers())
	assert.Equal(t, "node:30092", p.ExternalBootstrapServers())
	assert.Equal(t, "[fd00::1]:30092", Plan{Name: "k"}.Combined(Pool{}).Outside("fd00::1", 30092).ExternalBootstrapServers(), "an IPv6 address as clients want it")
	require.Len(t, p.Initial, 3)
	assert.Equal(t, Voter{NodeID: 1002, Pod: "demo-kafka-controller-2", Host: "demo-kafka-controller-2.demo-kafka-headless.ns.svc.cluster.local", Port: 9093}, p.Initial[2])
}

// Who runs the program needs a certificate where clients inside start with TLS.
func TestAdminSecret(t *testing.T) {
	p := Plan{Name: "demo", Namespace: "ns"}.Separated(Pool{}, Pool{}).Outside("node", 30092)
	assert.Empty(t, p.AdminSecret())
	assert.Empty(t, Plan{Name: "demo"}.AdminSecret(), "nobody starts there")
	for i, l := range p.Listeners {
		if l.Exposure.Type == NodePort {
			p.Listeners[i].Protocol = "SSL"
		}
	}
	assert.Empty(t, p.AdminSecret(), "the program does not need that way")
	for i, l := range p.Listeners {
		if l.Exposure.Type == ClusterIP {
			p.Listeners[i].Protocol = "SSL"
		}
	}
	assert.Equal(t, "demo-admin", p.AdminSecret())
}

// Whatever a plan says stays as it is.
func TestCompletionKeepsWhatIsSaid(t *testing.T) {
	first := []Voter{{NodeID: 7, Pod: "k-0", Host: "here", Port: 1}}
	p := Plan{Name: "k", Namespace: "n", Domain: "d", Headless: "h", Bootstrap: "b", Initial: first}.
		Combined(Pool{Name: "p", Component: "c", FirstID: 7, Replicas: 1, Size: Size{Heap: "1Gi"}, Claims: []Claim{{Name: RecordsClaim, Size: "1Gi"}}})
	assert.Equal(t, "b.n.svc.d:9092", p.BootstrapServers())
	assert.Equal(t, "p-0.h.n.svc.d", p.PodHost("p-0"))
	assert.Equal(t, first, p.Initial)
	size := BrokerSize()
	size.Heap = "1Gi"
	assert.Equal(t, size, p.Pools[0].Size)
	assert.Equal(t, []Claim{{Name: RecordsClaim, Size: "1Gi"}}, p.Pools[0].Claims)
}

// What is complete stays as it is, and a plan of nothing but pools becomes complete.
func TestComplete(t *testing.T) {
	pools := []Pool{{Name: "c", Roles: []Role{Controller}, FirstID: 1000}, {Name: "b", Roles: []Role{Broker}, Size: Size{Heap: "1Gi"}}}
	p := Plan{Name: "k", Namespace: "n", Pools: pools}.Complete()
	require.NoError(t, p.Check())
	assert.Equal(t, "2Gi", p.Pools[0].Claims[0].Size)
	assert.Equal(t, "1Gi", p.Pools[1].Size.Heap)
	assert.Equal(t, "10Gi", p.Pools[1].Claims[0].Size)
	assert.Empty(t, pools[0].Claims, "the caller's own")
	for _, complete := range []Plan{p, p.Outside("node", 31000), Plan{Name: "k", Namespace: "n"}.Separated(Pool{}, Pool{}),
		Plan{Name: "k", Namespace: "n", Shared: &Shared{HostPath: "/d", Size: "1Gi"}}.Combined(Pool{})} {
		assert.Equal(t, complete, complete.Complete())
	}
}

// Each pool counts its NodePorts for itself: the agent of a pod knows its own ordinal,
// and of other pools nothing.
func TestTwoPoolsOfBrokersHavePortsOfTheirOwn(t *testing.T) {
	p := Plan{Name: "k", Namespace: "n"}.Separated(Pool{}, Pool{Replicas: 2})
	p.Pools = append(p.Pools, Pool{Name: "k-large", Roles: []Role{Broker}, FirstID: 5000, Replicas: 2})
	p = p.Complete().Outside("node", 31000)
	require.NoError(t, p.Check())
	ports := map[string]int{}
	for _, s := range p.NodePortServices() {
		ports[s.Name] = s.Port
	}
	assert.Equal(t, map[string]int{
		"k-external":                31000,
		"k-kafka-broker-0-external": 31001, "k-kafka-broker-1-external": 31002,
		"k-large-0-external": 31003, "k-large-1-external": 31004,
	}, ports)
	external := p.Of(p.Pools[2])[1]
	assert.Equal(t, 31003, external.NodePort(p.Pools[2], 0))
	assert.Contains(t, p.Diagram(), "k-large-1  node 5001  9092 clients, 9094 as NodePort 31004, 5001 agent")
}

// The first voters are for life; controllers come and go.
func TestAnotherControllerIsNoInitialVoter(t *testing.T) {
	before := Plan{Name: "k", Namespace: "n"}.Separated(Pool{Replicas: 3}, Pool{})
	after := Plan{Name: "k", Namespace: "n", Initial: before.Initial}.Separated(Pool{Replicas: 5}, Pool{})
	require.NoError(t, after.Check())
	assert.Equal(t, before.Initial, after.Initial)
	assert.Len(t, after.Controllers(), 5)
	assert.Equal(t, before.QuorumBootstrapServers(), after.QuorumBootstrapServers(), "nobody's configuration changes")
	assert.Equal(t, after, Plan{Name: "k", Namespace: "n"}.Separated(Pool{Replicas: 5}, Pool{}).FoundedBy(3))
	assert.Empty(t, before.Added())
	require.Len(t, after.Added(), 2)
	assert.Equal(t, "k-kafka-controller-3", after.Added()[0].Pod)
	for _, n := range []int{0, 4} {
		assert.Equal(t, before, before.FoundedBy(n))
	}

	// Three of six can do without the other three.
	six := Plan{Name: "k", Namespace: "n", Initial: before.Initial}.Separated(Pool{Replicas: 6}, Pool{})
	assert.Contains(t, six.QuorumBootstrapServers(), "k-kafka-controller-5.")
	// The first voters may have had other names, or be gone.
	moved := Plan{Name: "other", Namespace: "n", Initial: before.Initial}.Separated(Pool{}, Pool{})
	assert.Contains(t, moved.QuorumBootstrapServers(), "other-kafka-controller-2.")
}

func TestInitialControllers(t *testing.T) {
	p := Plan{Name: "k", Namespace: "n", Domain: "d"}.Combined(Pool{FirstID: 7, Replicas: 1})
	text, err := p.InitialControllers([]string{"lIu-zdvJAJnZ_4jr4Hmu3Q"})
	require.NoError(t, err)
	assert.Equal(t, "7@k-0.k-svc.n.svc.d:9093:lIu-zdvJAJnZ_4jr4Hmu3Q", text)
	_, err = p.InitialControllers(nil)
	require.Error(t, err)

	const own, made = "AAAAAAAAAAAAAAAAAAAAAA", "BBBBBBBBBBBBBBBBBBBBBB"
	p = Plan{Name: "k", Namespace: "n", Domain: "d"}.Combined(Pool{})
	p.Initial[1].DirectoryID = own
	assert.Equal(t, []string{"k-0", "k-2"}, p.WithoutDirectory())
	text, err = p.InitialControllers([]string{made, made})
	require.NoError(t, err)
	assert.Equal(t, "0@k-0.k-svc.n.svc.d:9093:"+made+",1@k-1.k-svc.n.svc.d:9093:"+own+",2@k-2.k-svc.n.svc.d:9093:"+made, text)
}

// A plan that was written by hand is told all that is wrong with it.
func TestCheck(t *testing.T) {
	for says, spoil := range map[string]func(*Plan){
		"Plan.Name is missing":                    func(p *Plan) { p.Name = "" },
		"Plan.Namespace is missing":               func(p *Plan) { p.Namespace = "" },
		"Plan.Domain is missing":                  func(p *Plan) { p.Domain = "" },
		"Plan.Headless is missing":                func(p *Plan) { p.Headless = "" },
		"Plan.Bootstrap is missing":               func(p *Plan) { p.Bootstrap = "" },
		"no pools":                                func(p *Plan) { p.Pools = nil },
		"no initial voters":                       func(p *Plan) { p.Initial = nil },
		"needs a Name that no other pool has":     func(p *Plan) { p.Pools[1].Name = p.Pools[0].Name },
		"needs a Component that no other":         func(p *Plan) { p.Pools[1].Component = "controller" },
		"has no Roles":                            func(p *Plan) { p.Pools[0].Roles = nil },
		"the role \"voter\"":                      func(p *Plan) { p.Pools[0].Roles = []Role{"voter"} },
		"no pool with the role controller":        func(p *Plan) { p.Pools = p.Pools[1:] },
		"0 Replicas":                              func(p *Plan) { p.Pools[0].Replicas = 0 },
		"FirstID -1":                              func(p *Plan) { p.Pools[1].FirstID = -1 },
		"keeps so many node ids to itself":        func(p *Plan) { p.Pools[0].FirstID = 999 },
		"either a shared claim or claims per pod": func(p *Plan) { p.Shared = &Shared{} },
		"has a claim \"logs\"":                    func(p *Plan) { p.Pools[0].Claims[0].Name = "logs" },
		"has no claim called data":                func(p *Plan) { p.Pools[0].Claims[0].Name = MetadataClaim },
		"needs a Name of capital letters":         func(p *Plan) { p.Listeners[0].Name = "inside" },
		"needs a PortName":                        func(p *Plan) { p.Listeners[0].PortName = "" },
		"has 5001, which the agent has, too":      func(p *Plan) { p.Listeners[0].Port = AgentPort },
		"has 9188, which the agent has, too":      func(p *Plan) { p.Listeners[0].Port = AgentMetricsPort },
		"has 9092, which Plan.Listeners[0]":       func(p *Plan) { p.Listeners[1].Port = 9092 },
		"has the Port 0":                          func(p *Plan) { p.Listeners[0].Port = 0 },
		"has the Role \"client\"":                 func(p *Plan) { p.Listeners[0].Role = "client" },
		"has the Protocol \"SASL_PLAINTEXT\"":     func(p *Plan) { p.Listeners[0].Protocol = "SASL_PLAINTEXT" },
		"has the Authentication \"oauth\"":        func(p *Plan) { p.Listeners[0].Authentication = "oauth" },
		"can rewrite all metadata":                func(p *Plan) { p.Listeners[2].Exposure.Type = ClusterIP },
		"so Advertised must be empty":             func(p *Plan) { p.Listeners[0].Advertised = "here" },
		"needs the host that is Advertised":       func(p *Plan) { p.Listeners[1].Advertised = "" },
		"has the exposure \"loadBalancer\"":       func(p *Plan) { p.Listeners[1].Exposure.Type = "loadBalancer" },
		"a pod can advertise one":                 func(p *Plan) { *p = p.Outside("node", 32000) },
		"needs a NodePort that no other service":  func(p *Plan) { p.Listeners[1].Exposure.FirstPorts["k-kafka-broker"] = 31000 },
		"0 is none":                               func(p *Plan) { p.Listeners[1].Exposure.FirstPorts = nil },
		"by it brokers reach each other":          func(p *Plan) { p.Listeners = p.Listeners[1:] },
		"needs one of role controller":            func(p *Plan) { p.Listeners = p.Listeners[:2] },
	} {
		p := Plan{Name: "k", Namespace: "n"}.Separated(Pool{}, Pool{}).Outside("node", 31000)
		require.NoError(t, p.Check())
		spoil(&p)
		assert.ErrorContains(t, p.Check(), says)
	}
}

// common are the plans that validation of a stack's configuration lets through.
type common struct {
	separated            bool
	plan                 Plan
	controllers, brokers int
	ids, distance        int
	basePort             int
}

func commons() *rapid.Generator[common] {
	return rapid.Custom(func(t *rapid.T) common {
		c := common{
			separated: rapid.Bool().Draw(t, "separated"),
			plan: Plan{
				Name:      rapid.StringMatching(`[a-z]([-a-z0-9]{0,33}[a-z0-9])?`).Draw(t, "name"),
				Namespace: rapid.StringMatching(`[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?`).Draw(t, "namespace"),
				Domain:    rapid.SampledFrom([]string{"cluster.local", "k8s.example.com"}).Draw(t, "domain"),
			},
			controllers: rapid.SampledFrom([]int{1, 3, 5, 7, 9}).Draw(t, "controllers"),
			ids:         rapid.IntRange(0, 1<<20).Draw(t, "broker ids"),
		}
		c.brokers = c.controllers
		if c.separated {
			c.brokers = rapid.IntRange(1, 100).Draw(t, "brokers")
			c.distance = rapid.IntRange(PoolIDs, 1<<20).Draw(t, "distance")
		} else if rapid.Bool().Draw(t, "shared") {
			c.plan.Shared = &Shared{HostPath: "/mnt/data", Size: "1Gi"}
		}
		if rapid.Bool().Draw(t, "external") {
			c.basePort = rapid.IntRange(30000, 32767-c.brokers).Draw(t, "port")
		}
		return c
	})
}

func (c common) make() Plan {
	p := c.plan
	if c.separated {
		p = p.Separated(Pool{Replicas: c.controllers, FirstID: c.ids + c.distance}, Pool{Replicas: c.brokers, FirstID: c.ids})
	} else {
		p = p.Combined(Pool{Replicas: c.brokers, FirstID: c.ids})
	}
	if c.basePort != 0 {
		p = p.Outside("node", c.basePort)
	}
	return p
}

func TestLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := commons().Draw(t, "common")
		p := c.make()
		require.NoError(t, p.Check())
		require.Equal(t, p, c.make(), "the same gives the same plan")

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
				if pool.Has(Controller) {
					voters++
				}
				if pool.Has(Broker) {
					brokers++
				}
			}
		}
		require.Equal(t, c.brokers, brokers)
		require.Equal(t, c.controllers, voters)
		require.Len(t, p.Initial, voters, "the first voters are the controllers")
		require.Equal(t, p.Initial, p.Controllers())
		for _, v := range p.Initial {
			require.Equal(t, v.Pod, ids[v.NodeID], "a voter is a pod of the plan")
			require.Contains(t, p.QuorumBootstrapServers(), fmt.Sprintf("%s:%d", v.Host, v.Port))
		}
		directories := make([]string, len(p.Initial))
		for i := range directories {
			directories[i] = strings.Repeat("A", 22)
		}
		_, err := p.InitialControllers(directories)
		require.NoError(t, err)

		for _, service := range []string{p.Headless, p.Bootstrap} {
			require.Empty(t, validation.IsDNS1035Label(service), "%s is a service's name", service)
		}
		require.NotEqual(t, p.Headless, p.Bootstrap)
		if p.Shared != nil {
			for _, name := range []string{p.Shared.Volume, p.Shared.Claim} {
				require.Empty(t, validation.IsDNS1123Subdomain(name))
			}
		}
		ports := map[int]bool{}
		for _, s := range p.NodePortServices() {
			require.Empty(t, validation.IsDNS1035Label(s.Name), "%s is a service's name", s.Name)
			require.False(t, ports[s.Port], "every broker has a NodePort of its own")
			require.True(t, s.Port >= 30000 && s.Port <= 32767)
			ports[s.Port] = true
		}
		if c.basePort != 0 {
			require.Len(t, ports, brokers+1)
			require.True(t, ports[c.basePort])
		} else {
			require.Empty(t, ports)
		}
	})
}

// A pool that grows keeps all its ids, and takes none of another.
func TestGrowthMovesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := commons().Filter(func(c common) bool { return c.separated && c.brokers < 100 }).Draw(t, "common")
		grown := c
		grown.brokers++
		before, after := c.make(), grown.make()
		require.Equal(t, before.Initial, after.Initial)
		require.Equal(t, before.QuorumBootstrapServers(), after.QuorumBootstrapServers())
		for i, pool := range before.Pools {
			for n := range pool.Replicas {
				require.Equal(t, pool.NodeID(n), after.Pools[i].NodeID(n))
				require.Equal(t, pool.Pod(n), after.Pools[i].Pod(n))
			}
		}
	})
}
