package acl

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func texts(all []ACL) []string {
	var texts []string
	for _, a := range all {
		texts = append(texts, a.String())
	}
	return texts
}

// Few words become exactly the ACLs that such a client needs.
func TestAccess(t *testing.T) {
	for name, c := range map[string]struct {
		access Access
		want   []string
	}{
		"nothing":  {Access{}, nil},
		"produce":  {Access{Produce: []string{"orders", "logs-*", "*"}}, []string{"Describe topic *", "Write topic *", "Describe topic logs-*", "Write topic logs-*", "Describe topic orders", "Write topic orders"}},
		"consume":  {Access{Consume: Consume{Topics: []string{"orders"}, Group: "billing-*"}}, []string{"Describe group billing-*", "Read group billing-*", "Describe topic orders", "Read topic orders"}},
		"no group": {Access{Consume: Consume{Topics: []string{"orders"}}}, []string{"Describe topic orders", "Read topic orders"}},
		"both":     {Access{Produce: []string{"a"}, Consume: Consume{Topics: []string{"a"}}}, []string{"Describe topic a", "Read topic a", "Write topic a"}},
		"in transactions": {Access{Transactional: []string{"tx*"}}, []string{
			"Describe transactionalId tx*", "Write transactionalId tx*",
		}},
		"streams": {Access{Streams: "count"}, []string{
			"Delete group count", "Describe group count", "Read group count", "All topic count-*", "Describe transactionalId count-*", "Write transactionalId count-*",
		}},
		"rules": {Access{Rules: []Rule{
			{Resource: Cluster, Operations: []string{Describe}},
			{Resource: Topic, Name: "a*", Operations: []string{All}, Host: "10.0.0.1", Deny: true},
		}}, []string{"Describe cluster kafka-cluster", "not All topic a* from 10.0.0.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, c.want, texts(c.access.ACLs()))
			assert.Empty(t, c.access.Problems())
			assert.Equal(t, len(c.want) == 0, c.access.Empty())
			for _, a := range c.access.ACLs() {
				assert.Empty(t, a.Problem(), a)
			}
		})
	}
	assert.Equal(t, []ACL{{Topic, "*", false, Write, "*", false}}, Without(Access{Produce: []string{"*"}}.ACLs(), []ACL{{Topic, "*", false, Describe, "*", false}}), "* alone is Kafka's wildcard, no prefix")
}

// All that is wrong is said at once, by its path.
func TestAccessThatCannotBe(t *testing.T) {
	problems := Access{
		Produce:       []string{"a b", "", "fine", ".*", "__consumer_offsets"},
		Consume:       Consume{Topics: []string{"a/b*"}, Group: " g"},
		Transactional: []string{""},
		Streams:       "a*",
		Rules: []Rule{
			{Resource: "topics", Name: "x", Operations: []string{Read}},
			{Resource: Topic, Name: "x"},
			{Resource: Group, Name: "", Operations: []string{Write, Read}},
			{Resource: Cluster, Name: "mine", Operations: []string{Describe}, Host: "10.0.0.0/8"},
			{Resource: Topic, Name: "a,b", Operations: []string{Read}},
		},
	}.Problems()
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
		require.NotEmpty(t, p.Want, p.Path)
	}
	assert.Equal(t, []string{
		"produce[0]", "produce[1]", "consume.topics[0]", "consume.group", "transactional[0]", "streams",
		"acls[0].resource", "acls[1].operations", "acls[2].operations[0]", "acls[2].name", "acls[3].name", "acls[3].host", "acls[4].name",
	}, paths)
	assert.Equal(t, "consume.group", Access{Consume: Consume{Group: "g"}}.Problems()[0].Path, "a group alone reads nothing")
}

func TestProblemOfAnACL(t *testing.T) {
	good := ACL{Topic, "orders", false, Read, "*", false}
	assert.Empty(t, good.Problem())
	for says, spoil := range map[string]func(*ACL){
		"resource \"x\"":         func(a *ACL) { a.Resource = "x" },
		"operation \"write\"":    func(a *ACL) { a.Operation = "write" },
		"name: must be":          func(a *ACL) { a.Name = "" },
		"host \"\": must be":     func(a *ACL) { a.Host = "" },
		"the cluster's is kafka": func(a *ACL) { a.Resource, a.Operation = Cluster, Describe },
	} {
		bad := good
		spoil(&bad)
		assert.Contains(t, bad.Problem(), says)
	}
}

// Kafka compares the text that Java makes of a client's address.
func TestHosts(t *testing.T) {
	for host, says := range map[string]string{
		"*": "", "10.0.0.1": "", "2001:db8:0:0:0:0:0:1": "", "0:0:0:0:0:0:0:1": "",
		"::1":                     "is written 0:0:0:0:0:0:0:1 by Kafka",
		"2001:DB8:0:0:0:0:0:1":    "is written 2001:db8:0:0:0:0:0:1 by Kafka",
		"2001:0db8:0:0:0:0:0:1":   "is written 2001:db8:0:0:0:0:0:1 by Kafka",
		"::ffff:10.0.0.1":         "is written 10.0.0.1 by Kafka",
		"10.0.0.0/8":              "must be one address",
		"fe80:0:0:0:0:0:0:1%eth0": "must be one address",
		"010.0.0.1":               "must be one address",
		"kafka.example.com":       "must be one address",
	} {
		one := ACL{Topic, "orders", false, Read, host, false}
		problems := Access{Rules: []Rule{{Resource: Topic, Name: "orders", Operations: []string{Read}, Host: host}}}.Problems()
		if says == "" {
			assert.Empty(t, one.Problem(), host)
			assert.Empty(t, problems, host)
			continue
		}
		assert.Contains(t, one.Problem(), says, host)
		require.Len(t, problems, 1, host)
		assert.Contains(t, problems[0].Want, says, host)
	}
}
