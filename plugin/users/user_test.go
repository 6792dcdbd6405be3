package users

import (
	"errors"
	"testing"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/limits"
)

func at() Place {
	return Place{Context: "here", Namespace: "n", StatefulSet: "brokers", BootstrapServers: "kafka:9095", Admin: "kafka-admin"}
}

func may(access acl.Access) []ACL { return asInputs(access.ACLs()) }

// alice has a password, and may write orders.
func alice(password string) UserArgs {
	return UserArgs{Place: at(), Name: "alice", Authentication: SCRAM, Password: password, ACLs: may(acl.Access{Produce: []string{"orders"}})}
}

func TestUserWithAPassword(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.acls["bob"] = acl.Access{Produce: []string{"orders"}}.ACLs()
		s := k.user(t)
		assert.Equal(t, "create", s.Up(alice("one")))
		assert.Equal(t, "here/kafka:9095/alice", s.ID)
		assert.Equal(t, []string{"alice may Describe topic orders, Write topic orders", "password of alice"}, k.did, "nobody comes in who may do too little or too much")
		assert.Equal(t, "one", k.passwords["alice"])

		// Another password is one change, and no other is made with it.
		k.did = nil
		assert.Equal(t, "update", s.Up(alice("two")))
		assert.Equal(t, []string{"password of alice"}, k.did)
		assert.Equal(t, "two", k.passwords["alice"])

		// ACLs are exactly those that are said, in whatever order.
		k.did = nil
		more := alice("two")
		more.ACLs = may(acl.Access{Produce: []string{"orders"}, Consume: acl.Consume{Topics: []string{"paid-*"}, Group: "g"}})
		s.Up(more)
		assert.Equal(t, []string{"alice may Describe group g, Read group g, Describe topic paid-*, Read topic paid-*"}, k.did)
		more.ACLs[0], more.ACLs[1] = more.ACLs[1], more.ACLs[0]
		did, err := s.Preview(more)
		require.NoError(t, err)
		assert.Equal(t, "same", did)
		k.did = nil
		s.Up(alice("two"))
		assert.Equal(t, []string{"alice may no longer Describe group g, Read group g, Describe topic paid-*, Read topic paid-*"}, k.did)
		assert.Len(t, k.acls["bob"], 2, "others' are let alone")

		limited := alice("two")
		limited.Limits = limits.Limits{ProducerByteRate: 1000}
		s.Up(limited)
		k.quotas["user alice"]["request_percentage"] = 5 // somebody else's
		assert.Equal(t, map[string]float64{"producer_byte_rate": 1000, "request_percentage": 5}, k.quotas["user alice"])
		s.Up(alice("two"))
		assert.Equal(t, map[string]float64{"request_percentage": 5}, k.quotas["user alice"])

		renamed := alice("two")
		renamed.Name = "alicia"
		did, err = s.Preview(renamed)
		require.NoError(t, err)
		assert.Equal(t, "replace", did)

		k.did = nil
		require.NoError(t, s.Destroy())
		assert.Equal(t, []string{"no password of alice", "alice may no longer Describe topic orders, Write topic orders"}, k.did)
		assert.Len(t, k.acls["bob"], 2)
		assert.Zero(t, k.open, "connections are given back")
	})
}

// A certificate is nothing to Kafka, and a user with a password can get one instead.
func TestUserWithACertificate(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.user(t)
		ins := alice("")
		ins.Authentication = TLS
		s.Up(ins)
		assert.Empty(t, k.passwords)
		assert.Len(t, k.acls["alice"], 2)
		said := heard(t)
		require.NoError(t, s.Destroy())
		assert.Empty(t, k.acls["alice"])
		assert.Contains(t, said.String(), "the certificate of user alice is let in until it ends: give nobody this name before that")

		s = k.user(t)
		s.Up(alice("one"))
		assert.Equal(t, "one", k.passwords["alice"])
		assert.Equal(t, "update", s.Up(ins))
		assert.Empty(t, k.passwords)
		assert.Len(t, k.acls["alice"], 2)
		require.NoError(t, s.Destroy())
		assert.Empty(t, k.acls["alice"])
	})
}

// What is forbidden in another form than before is forbidden all the time.
func TestUserThatIsForbiddenSomething(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.user(t)
		forbidden := func(topic string) UserArgs {
			ins := alice("one")
			ins.ACLs = may(acl.Access{Produce: []string{"*"}, Rules: []acl.Rule{{Resource: acl.Topic, Name: topic, Operations: []string{acl.Write}, Deny: true}}})
			return ins
		}
		s.Up(forbidden("paid"))
		k.did = nil
		s.Up(forbidden("paid*"))
		assert.Equal(t, []string{"alice may not Write topic paid*", "alice may no longer not Write topic paid"}, k.did)
	})
}

// What is half done is not forgotten: the next up does the rest, or takes it back.
func TestUserThatIsHalfMade(t *testing.T) {
	broken := errors.New("it broke")
	limited := alice("one")
	limited.Limits = limits.Limits{ProducerByteRate: 5}
	inTime(t, func(t *testing.T) {
		for done := range 3 {
			k := newKafka()
			s := k.user(t)
			k.sound, k.broken = done, broken
			var begun infer.ResourceInitFailedError
			require.ErrorAs(t, s.Try(limited), &begun)
			require.Len(t, begun.Reasons, 1)
			assert.Contains(t, begun.Reasons[0], "it broke")
			require.NotEmpty(t, s.ID)
			s.Refresh()
			k.broken = nil
			assert.Equal(t, "update", s.Up(limited))
			assert.Equal(t, "one", k.passwords["alice"])
			assert.Len(t, k.acls["alice"], 2)
			assert.Equal(t, map[string]float64{"producer_byte_rate": 5}, k.quotas["user alice"])

			k = newKafka()
			s = k.user(t)
			k.sound, k.broken = done, broken
			require.Error(t, s.Try(limited))
			k.broken = nil
			require.NoError(t, s.Destroy())
			assert.Empty(t, k.acls["alice"])
			assert.Empty(t, k.quotas["user alice"])
		}
	})
	// Nothing is saved of one that was not begun.
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.passwords["alice"] = "theirs"
		s := k.user(t)
		require.Error(t, s.Try(alice("one")))
		assert.Empty(t, s.ID)
	})
	// A change that is taken back after it failed takes back what it has done.
	inTime(t, func(t *testing.T) {
		more := alice("two")
		more.ACLs = may(acl.Access{Produce: []string{"orders", "paid"}})
		more.Limits = limits.Limits{ConsumerByteRate: 7}
		for _, was := range []UserArgs{limited, {Place: at(), Name: "alice", Authentication: TLS}} {
			if more.Authentication = was.Authentication; !was.scram() {
				more.Password = ""
			}
			for _, refreshed := range []bool{false, true} {
				k := newKafka()
				s := k.user(t)
				s.Up(was)
				k.sound, k.broken = 2, broken // what it may do, and its limits
				if !was.scram() {
					k.sound = 1
				}
				require.ErrorContains(t, s.Try(more), "failed to initialize")
				if refreshed {
					s.Refresh()
				}
				k.broken = nil
				assert.Equal(t, "update", s.Up(was))
				assert.Equal(t, was.Password, k.passwords["alice"])
				assert.Len(t, k.acls["alice"], len(was.ACLs))
				assert.Equal(t, was.Set(), notNil(k.quotas["user alice"]))
				require.NoError(t, s.Destroy())
				assert.Empty(t, k.acls["alice"])
				assert.Empty(t, k.quotas["user alice"])
			}
		}
	})
}

func notNil(limits map[string]float64) map[string]float64 {
	if limits == nil {
		return map[string]float64{}
	}
	return limits
}

// One that was to be made when the cluster runs, and of which a run that was killed has made a part.
func TestPendingUserThatIsThere(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.user(t)
		ins := alice("one")
		ins.Stopped, ins.Adopt = true, true
		s.Up(ins)
		k.acls["alice"] = inKafka(ins.ACLs)
		require.NoError(t, s.Destroy())
		assert.Empty(t, k.acls["alice"])

		s = k.user(t)
		s.Up(ins)
		k.acls["alice"], k.passwords["alice"] = inKafka(ins.ACLs), "theirs"
		require.NoError(t, s.Destroy())
		assert.Len(t, k.acls["alice"], 2, "it may be somebody else's")
		assert.Equal(t, "theirs", k.passwords["alice"])
	})
}

// What somebody else has made is not taken over unless it is said.
func TestUserThatIsThere(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.passwords["alice"] = "theirs"
		k.acls["alice"] = acl.Access{Produce: []string{"orders", "paid"}}.ACLs()
		k.quotas["user alice"] = map[string]float64{"producer_byte_rate": 5}
		s := k.user(t)
		ins := alice("mine")
		ins.Limits = limits.Limits{ProducerByteRate: 6}
		for _, attempt := range []func() error{func() error { _, err := s.Preview(ins); return err }, func() error { return s.Try(ins) }} {
			err := attempt()
			require.ErrorContains(t, err, "user alice exists already, and may be somebody else's: it has a password, of which nobody can tell")
			require.ErrorContains(t, err, "ACLs that are not said here: Describe topic paid, Write topic paid; producer_byte_rate=5, not 6")
			require.ErrorContains(t, err, `users["alice"].adopt`)
			assert.NotContains(t, err.Error(), "mine")
		}
		assert.Empty(t, k.did)
		ins.Adopt = true
		s.Up(ins)
		assert.Equal(t, "mine", k.passwords["alice"])
		assert.Len(t, k.acls["alice"], 2)
		assert.Equal(t, map[string]float64{"producer_byte_rate": 6}, k.quotas["user alice"])
		ins.Adopt = false
		did, err := s.Preview(ins)
		require.NoError(t, err)
		assert.Equal(t, "same", did, "it is ours by now")
	})
	// What a run that was cut off before the password has left is gone on with.
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.acls["alice"] = acl.Access{Produce: []string{"orders"}}.ACLs()
		s := k.user(t)
		s.Up(alice("one"))
		assert.Equal(t, []string{"password of alice"}, k.did)
	})
}

// An answer that was lost does not make what was done somebody else's.
func TestUserWhoseAnswerIsLost(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.hiccups, k.lost = 2, 2
		s := k.user(t)
		require.NoError(t, s.Try(alice("one")))
		assert.Equal(t, "one", k.passwords["alice"])
		k.lost = 1
		require.NoError(t, s.Try(alice("two")))
		assert.Equal(t, "two", k.passwords["alice"])
		k.lost = 1
		require.NoError(t, s.Destroy())
		assert.Empty(t, k.passwords)
		assert.Empty(t, k.acls["alice"])
	})
}

// What a hand does is seen by a refresh, and taken back by the next up.
func TestUserByHand(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.user(t)
		ins := alice("one")
		ins.Limits = limits.Limits{ConsumerByteRate: 7}
		s.Up(ins)
		s.Refresh()
		did, err := s.Preview(ins)
		require.NoError(t, err)
		assert.Equal(t, "same", did)

		delete(k.passwords, "alice")
		k.acls["alice"] = append(k.acls["alice"][:1], acl.Access{Rules: []acl.Rule{{Resource: acl.Cluster, Operations: []string{acl.All}}}}.ACLs()...)
		delete(k.quotas["user alice"], "consumer_byte_rate")
		k.did = nil
		s.Refresh()
		assert.Equal(t, "update", s.Up(ins))
		assert.Equal(t, []string{
			"alice may Write topic orders", "alice may no longer All cluster kafka-cluster",
			"limit user alice: map[consumer_byte_rate:7], not []", "password of alice",
		}, k.did)

		// A user with a certificate gets a password by hand.
		ins.Authentication, ins.Password = TLS, ""
		s.Up(ins)
		k.passwords["alice"] = "theirs"
		s.Refresh()
		assert.Equal(t, "update", s.Up(ins))
		assert.Empty(t, k.passwords)
	})
}

func TestUserOfAStoppedCluster(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.away = errors.New("it is stopped")
		s := k.user(t)
		ins := alice("one")
		ins.Stopped = true
		assert.Equal(t, "create", s.Up(ins))
		assert.True(t, s.State.Pending)
		s.Refresh()
		changed := ins
		changed.Password = "two"
		did, err := s.Preview(changed)
		require.NoError(t, err)
		assert.Equal(t, "same", did)
		assert.Zero(t, k.asked, "nobody is asked")

		k.away, changed.Stopped = nil, false
		assert.Equal(t, "update", s.Up(changed))
		assert.Equal(t, "two", k.passwords["alice"])
		require.NoError(t, s.Destroy())

		// One that was never made needs no Kafka to go.
		s = k.user(t)
		s.Up(ins)
		k.away = errors.New("it is stopped")
		require.NoError(t, s.Destroy())
	})
	// A user is not deleted behind the back of a cluster that does not run.
	inTime(t, func(t *testing.T) {
		k := newKafka()
		s := k.user(t)
		s.Up(alice("one"))
		none := int32(0)
		_, err := k.kube.AppsV1().StatefulSets("n").Update(t.Context(), &appsv1.StatefulSet{
			ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "brokers"}, Spec: appsv1.StatefulSetSpec{Replicas: &none},
		}, metav1.UpdateOptions{})
		require.NoError(t, err)
		require.ErrorContains(t, s.Destroy(), "user alice is not deleted: its cluster does not run")
	})
}

// A preview goes on where nobody answers; an up does not.
func TestUserWhereNobodyAnswers(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.away = errors.New("nobody is there")
		s := k.user(t)
		did, err := s.Preview(alice("one"))
		require.NoError(t, err)
		assert.Equal(t, "create", did)
		require.ErrorContains(t, s.Try(alice("one")), "for 2m0s: nobody is there")
	})
}

func TestImportOfAUser(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka()
		k.passwords["alice"] = "theirs"
		k.acls["alice"] = acl.Access{Produce: []string{"orders"}}.ACLs()
		k.quotas["user alice"] = map[string]float64{"producer_byte_rate": 5}
		s := k.user(t)
		s.ID = "here/kafka:9095/alice?admin=kafka-admin"
		s.Refresh()
		assert.Equal(t, SCRAM, s.State.Authentication)
		assert.Equal(t, may(acl.Access{Produce: []string{"orders"}}), s.Inputs.ACLs)
		assert.InDelta(t, 5, s.State.ProducerByteRate, 0)
		assert.Empty(t, s.State.Password, "Kafka does not tell it")
		ins := alice("mine")
		ins.Limits = s.State.Limits
		assert.Equal(t, "update", s.Up(ins))
		assert.Equal(t, []string{"password of alice"}, k.did)

		nobody := k.user(t)
		nobody.ID = "here/kafka:9095/bob?admin=kafka-admin"
		nobody.Refresh()
		assert.Empty(t, nobody.ID)
		for _, id := range []string{"alice", "here/alice", "here/kafka:9095/", "here/kafka:9095/kafka-node"} {
			_, err := placed(id)
			require.ErrorContains(t, err, "imported as CONTEXT/BOOTSTRAP_SERVERS/NAME?admin=SECRET", id)
		}
	})
}

func TestCheckOfAUser(t *testing.T) {
	was := map[string]property.Value{}
	check := func(values map[string]property.Value) []string {
		all := map[string]property.Value{
			"context": property.New("here"), "namespace": property.New("n"), "statefulSet": property.New("brokers"), "bootstrapServers": property.New("kafka:9095"),
			"name": property.New("alice"), "authentication": property.New(SCRAM), "password": property.New("hush"),
		}
		for key, value := range values {
			all[key] = value
		}
		checked, err := User{}.Check(t.Context(), infer.CheckRequest{OldInputs: property.NewMap(was), NewInputs: property.NewMap(all)})
		require.NoError(t, err)
		var failures []string
		for _, failure := range checked.Failures {
			failures = append(failures, failure.Property+": "+failure.Reason)
			assert.NotContains(t, failure.Reason, "hush")
		}
		return failures
	}
	assert.Empty(t, check(nil))
	assert.Empty(t, check(map[string]property.Value{"password": property.New(property.Computed)}))
	assert.Equal(t, []string{"name: user \"kafka-admin\": is the name of the cluster's own: choose another one"}, check(map[string]property.Value{"name": property.New("kafka-admin")}))
	for _, name := range []string{"*", "<default>"} {
		assert.Equal(t, []string{`name: user "` + name + `": is Kafka's word for all users: choose another one`}, check(map[string]property.Value{"name": property.New(name)}))
	}
	assert.Equal(t, []string{"acls[0]: host \"::1\": is written 0:0:0:0:0:0:0:1 by Kafka, which compares text: write it so"}, check(map[string]property.Value{
		"acls": property.New([]property.Value{property.New(map[string]property.Value{
			"resource": property.New("topic"), "name": property.New("x"), "operation": property.New("Read"), "host": property.New("::1"),
		})}),
	}))
	// Kafka takes no certificate back: with its name and another way to say it, it would still be let in.
	was["name"], was["authentication"] = property.New("alice"), property.New(TLS)
	assert.Equal(t, []string{"authentication: scram-sha-512: user alice has had a certificate, which Kafka lets in until it ends, " +
		"with all that alice may do: take another name for a user with a password"}, check(nil))
	assert.Empty(t, check(map[string]property.Value{"name": property.New("alicia")}))
	assert.Empty(t, check(map[string]property.Value{"authentication": property.New(TLS), "password": property.New("")}))
	was["authentication"] = property.New(SCRAM)
	assert.Empty(t, check(map[string]property.Value{"authentication": property.New(TLS), "password": property.New("")}))
	assert.Equal(t, []string{"authentication: \"plain\": must be scram-sha-512 or tls"}, check(map[string]property.Value{"authentication": property.New("plain")}))
	assert.Equal(t, []string{"password: must be there with the authentication scram-sha-512"}, check(map[string]property.Value{"password": property.New("")}))
	assert.Equal(t, []string{"password: is of no use with the authentication tls: leave it out"}, check(map[string]property.Value{"authentication": property.New(TLS)}))
	assert.Equal(t, []string{"password: must be one line without control characters"}, check(map[string]property.Value{"password": property.New("hush\n")}))
	assert.Equal(t, []string{
		"acls[0]: operation \"Eat\": of a topic must be one of All, Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs",
		"producerByteRate: -1: must be more than 0, or left out for no limit",
	}, check(map[string]property.Value{
		"acls":             property.New([]property.Value{property.New(map[string]property.Value{"resource": property.New("topic"), "name": property.New("x"), "operation": property.New("Eat")})}),
		"producerByteRate": property.New(-1.0),
	}))
}
