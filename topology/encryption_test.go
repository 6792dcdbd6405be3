package topology

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The order of the listeners decides how nodes and clients reach each other.
func TestEncryptionIsATableOfListeners(t *testing.T) {
	for encryption, want := range map[Encryption]struct {
		listeners   []string
		interBroker string
		quorum      int
		bootstrap   string
		admin       string
	}{
		"":        {[]string{"PLAINTEXT", "EXTERNAL", "CONTROLLER"}, "PLAINTEXT", 9093, "9092", ""},
		None:      {[]string{"PLAINTEXT", "EXTERNAL", "CONTROLLER"}, "PLAINTEXT", 9093, "9092", ""},
		Offered:   {[]string{"PLAINTEXT", "REPLICATION", "CLIENTS", "EXTERNAL", "CONTROLLER", "QUORUM"}, "PLAINTEXT", 9093, "9092", ""},
		Preferred: {[]string{"REPLICATION", "PLAINTEXT", "CLIENTS", "EXTERNAL", "QUORUM", "CONTROLLER"}, "REPLICATION", 9090, "9092", ""},
		Required:  {[]string{"REPLICATION", "CLIENTS", "EXTERNALTLS", "QUORUM"}, "REPLICATION", 9090, "9095", "k-admin"},
	} {
		t.Run(string(encryption), func(t *testing.T) {
			p := Plan{Name: "k", Namespace: "n", Encryption: encryption, Authentication: MutualTLS}.Separated(Pool{}, Pool{}).Outside("node", 30092)
			require.NoError(t, p.Check())
			var names []string
			for _, l := range p.Listeners {
				names = append(names, l.Name)
				assert.Equal(t, l.Protocol == SSL, l.Authentication == MutualTLS, l.Name)
			}
			assert.Equal(t, want.listeners, names)
			assert.Equal(t, want.interBroker, p.InterBroker().Name)
			assert.Equal(t, want.quorum, p.Controllers()[0].Port)
			assert.Equal(t, "k-kafka-broker.n.svc.cluster.local:"+want.bootstrap, p.BootstrapServers())
			assert.Equal(t, want.admin, p.AdminSecret())
			assert.Equal(t, encryption != None && encryption != "", p.TLS())
			assert.Equal(t, p, p.Complete(), "what is complete stays as it is")
		})
	}
}

// Nodes know each other by certificate, whatever is asked of clients.
func TestClientsMayBeAnonymous(t *testing.T) {
	asked := map[string]Authentication{}
	for _, l := range (Plan{Name: "k", Namespace: "n", Encryption: Required}).Combined(Pool{}).Outside("node", 30092).Listeners {
		asked[l.Name] = l.Authentication
	}
	assert.Equal(t, map[string]Authentication{"REPLICATION": MutualTLS, "CLIENTS": Anonymous, "EXTERNALTLS": Anonymous, "QUORUM": MutualTLS}, asked)
}

func TestEncryptionGoesStepByStep(t *testing.T) {
	for was, may := range map[Encryption][]Encryption{
		None: {None, Offered}, Offered: {None, Offered, Preferred}, Preferred: {Offered, Preferred, Required}, Required: {Required},
	} {
		for _, is := range Encryptions() {
			assert.Equal(t, slices.Contains(may, is), was.Next(is), "%s to %s", was, is)
		}
	}
}

func TestCheckOfEncryption(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Plan)
		says   string
	}{
		"unknown word":       {func(p *Plan) { p.Encryption = "some" }, `Plan.Encryption is "some"`},
		"protocol":           {func(p *Plan) { p.Listeners[1].Protocol = "SASL_PLAINTEXT" }, `has the Protocol "SASL_PLAINTEXT", which is none of PLAINTEXT, SSL and SASL_SSL`},
		"password in plain":  {func(p *Plan) { p.Listeners[1].Protocol, p.Listeners[1].Authentication = Plaintext, SCRAM }, "SASL_SSL and scram go together"},
		"no password asked":  {func(p *Plan) { p.Listeners[1].Protocol = SASLSSL }, "SASL_SSL and scram go together"},
		"nodes by password":  {func(p *Plan) { p.Listeners[0].Protocol, p.Listeners[0].Authentication = SASLSSL, SCRAM }, "must have the exposure clusterIP: nodes"},
		"admin by password":  {func(p *Plan) { p.Listeners[1].Protocol, p.Listeners[1].Authentication = SASLSSL, SCRAM }, "before those without: nodes, and who runs the program, have no password"},
		"password only":      {func(p *Plan) { p.SCRAM, p.Authentication = true, Anonymous }, "Plan.SCRAM needs the Authentication mtls"},
		"plain certificates": {func(p *Plan) { p.Listeners[1].Protocol = Plaintext }, "has the Authentication mtls, which needs the Protocol SSL"},
		"authentication":     {func(p *Plan) { p.Listeners[1].Authentication = "oauth" }, `has the Authentication "oauth"`},
		"the agent's port":   {func(p *Plan) { p.Listeners[1].Port = 5002 }, "has 5002, which the agent has, too"},
		"no way in":          {func(p *Plan) { p.Listeners[1].Exposure.Type = Nodes }, "clients start there"},
	} {
		t.Run(name, func(t *testing.T) {
			p := Plan{Name: "k", Namespace: "n", Encryption: Required, Authentication: MutualTLS}.Combined(Pool{})
			c.change(&p)
			require.ErrorContains(t, p.Check(), c.says)
		})
	}
}

func TestDiagramOfEncryption(t *testing.T) {
	text := Plan{Name: "k", Namespace: "n", Encryption: Preferred}.Combined(Pool{Replicas: 1}).Diagram()
	assert.Contains(t, text, "port 9092: clients start here\n")
	assert.Contains(t, text, "port 9095: clients start here (TLS)\n")
	assert.Contains(t, text, "ports 9091, 9092, 9095, 9090 and 9093")
	assert.Contains(t, text, "9091 brokers (TLS), 9092 clients, 9095 clients (TLS), 9090 quorum (TLS), 9093 quorum")
}

// Passwords have a listener of their own, and change no other one: a cluster gets and loses them
// in an ordinary roll, and who comes by certificate notices nothing.
func TestPasswordsAreOneMoreListener(t *testing.T) {
	for _, encryption := range []Encryption{Offered, Preferred, Required} {
		with := Plan{Name: "k", Namespace: "n", Encryption: encryption, Authentication: MutualTLS, SCRAM: true}.Separated(Pool{}, Pool{}).Outside("node", 30092)
		require.NoError(t, with.Check())
		without := Plan{Name: "k", Namespace: "n", Encryption: encryption, Authentication: MutualTLS}.Separated(Pool{}, Pool{}).Outside("node", 30092)
		i := slices.IndexFunc(with.Listeners, func(l Listener) bool { return l.Name == "SCRAM" })
		require.GreaterOrEqual(t, i, 0, encryption)
		assert.Equal(t, Listener{
			Name: "SCRAM", Port: 9097, PortName: "scram", Role: Broker, Protocol: SASLSSL, Authentication: SCRAM, Exposure: Exposure{Type: ClusterIP},
		}, with.Listeners[i])
		assert.Equal(t, without.Listeners, slices.Delete(slices.Clone(with.Listeners), i, i+1))
		assert.Equal(t, without.BootstrapServers(), with.BootstrapServers())
		assert.Equal(t, without.AdminSecret(), with.AdminSecret())
		assert.Equal(t, "k-kafka-broker.n.svc.cluster.local:9095", with.TLSBootstrapServers())
		assert.Equal(t, "k-kafka-broker.n.svc.cluster.local:9097", with.SCRAMBootstrapServers())
		assert.Empty(t, without.SCRAMBootstrapServers())
		assert.Contains(t, with.Diagram(), "port 9097: clients start here (TLS, password)\n")
	}
	plaintext := Plan{Name: "k", Namespace: "n"}.Combined(Pool{})
	assert.Empty(t, plaintext.TLSBootstrapServers()+plaintext.SCRAMBootstrapServers())
	require.ErrorContains(t, Plan{Name: "k", Namespace: "n", Authentication: MutualTLS, SCRAM: true}.Combined(Pool{}).Check(), "and an Encryption")
}
