package autoscale

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/internal/topicname"
)

// Args says what is scaled, by whose lag, and how far. Fields are called as in KEDA's ScaledObject
// and its trigger kafka: https://keda.sh/docs/latest/scalers/apache-kafka/
type Args struct {
	// Target is the application: the *Deployment or *StatefulSet of Pulumi's package apps/v1, made
	// by this program, or found by it (apps/v1.GetDeployment). It is required. Its number of
	// replicas has to be left to KEDA, by ReplicasIgnored.
	Target pulumi.Resource
	// BootstrapServers is where KEDA's own pods find Kafka, as host:port, several of them separated
	// by commas. Required. Host names are complete ones: KEDA is in another namespace.
	BootstrapServers pulumi.StringInput
	// Group is the consumer group of the application, its group.id. Required.
	Group string
	// Topic is the one that the group reads. Required.
	Topic string
	// Partitions is how many the topic has. Required. A consumer beyond them has nothing to read.
	Partitions int
	// OffsetResetPolicy is where the application begins in a partition in which its group has
	// committed nothing: its auto.offset.reset. Required, and there is no default, since only the
	// application knows: KEDA counts the wrong records if the two differ.
	OffsetResetPolicy OffsetResetPolicy

	// LagThreshold is how many unread records there may be for each replica: with more there is
	// another one. Required, from 1. A good one is what a replica reads in half a minute.
	LagThreshold int
	// MinReplicas is how many there are at least, from 1. 0: 1.
	MinReplicas int
	// MaxReplicas is how many there are at most, up to Partitions. 0: Partitions.
	MaxReplicas int

	// ToZero takes all replicas away while there is nothing to read. With OffsetReset Latest it is
	// refused: what is written while nobody has committed anything would be skipped.
	ToZero bool
	// ActivationLagThreshold is how many unread records do not wake the application up, with
	// ToZero. They wait, and may expire, until there are more. It is for topics whose lag never
	// becomes 0, as those with transactions. Default 0: any record wakes it up.
	ActivationLagThreshold int
	// PollingInterval is how often KEDA looks whether to wake it up, with ToZero, in whole seconds
	// from 1s. 0: 30s.
	PollingInterval time.Duration
	// CooldownPeriod is how long there has to be nothing to read before the last replicas go, with
	// ToZero, in whole seconds from 1s. 0: 5m.
	CooldownPeriod time.Duration

	// LimitToPartitionsWithLag has no more replicas than there are partitions with unread records.
	LimitToPartitionsWithLag bool
	// ExcludePersistentLag leaves out partitions whose committed offset has not moved between two
	// looks, such as those with a record that cannot be processed. An application that commits
	// less often than KEDA looks (every 15s) would lose its replicas while it works.
	ExcludePersistentLag bool

	// Fallback is what happens while Kafka cannot be asked.
	Fallback Fallback
	// Behavior is how fast the number of replicas follows the lag.
	Behavior Behavior
	// Security is how KEDA connects, and as whom. Nil: in plaintext, as nobody.
	Security *Security
}

// OffsetResetPolicy is where a group begins that has committed nothing.
type OffsetResetPolicy string

const (
	// Earliest begins at the oldest record that there still is.
	Earliest OffsetResetPolicy = "earliest"
	// Latest begins at what is written from then on.
	Latest OffsetResetPolicy = "latest"
)

// Fallback is what happens while Kafka cannot be asked: nobody is taken away, and there are
// Replicas at least. (KEDA's behavior currentReplicasIfHigher.) An application that is at zero by
// then stays there.
type Fallback struct {
	// FailureThreshold is after how many vain attempts in a row, from 1. 0: 3.
	FailureThreshold int
	// Replicas are how many there are at least, from 1 to MaxReplicas. 0: MinReplicas. (KEDA takes
	// an application with 0 of them down to zero at the first attempt.)
	Replicas int
}

// Behavior is how fast the number of replicas follows the lag. Every change of it is a rebalance
// of the group. Its fields are of the HorizontalPodAutoscaler's behavior:
// https://kubernetes.io/docs/reference/kubernetes-api/autoscaling/horizontal-pod-autoscaler-v2/
type Behavior struct {
	// ScaleUpPercent more of them come within ScaleUpPeriod at most, from 1. 0: 100, which doubles
	// them.
	ScaleUpPercent int
	// ScaleUpPeriod is in whole seconds from 1s to 30m. 0: 30s.
	ScaleUpPeriod time.Duration
	// ScaleDownPods go within ScaleDownPeriod at most, from 1. 0: 1.
	ScaleDownPods int
	// ScaleDownPeriod is in whole seconds from 1s to 30m. 0: 1m.
	ScaleDownPeriod time.Duration
	// StabilizationWindow is how long fewer replicas must have been enough before any goes, in
	// whole seconds from 1s to 1h. 0: 5m.
	StabilizationWindow time.Duration
}

// Security is how KEDA connects by TLS, and as whom. Its objects are in the namespace of the
// Target. KEDA's user needs the operation Describe on the topic and on the group, and no other
// (org.apache.kafka: kafka.server.KafkaApis, OFFSET_FETCH).
type Security struct {
	// UserSecret is the Secret of a Kafka user with the keys that such Secrets commonly have:
	// ca.crt, and user.crt and user.key, or password with Username. Nil: nobody, for brokers that
	// ask for no certificate.
	UserSecret pulumi.StringInput
	// Username is that of a user with a password, by SCRAM-SHA-512. Empty: the user has a
	// certificate.
	Username string
	// CAConfigMap is a ConfigMap whose key ca.crt has the CA of the brokers, such as
	// {clusterName}-ca. Nil: it is in UserSecret.
	CAConfigMap pulumi.StringInput
}

// complete is the arguments with what they do not say.
func (a Args) complete() Args {
	a.MinReplicas = cmp.Or(a.MinReplicas, 1)
	a.MaxReplicas = cmp.Or(a.MaxReplicas, a.Partitions)
	if a.ToZero {
		a.PollingInterval = cmp.Or(a.PollingInterval, 30*time.Second)
		a.CooldownPeriod = cmp.Or(a.CooldownPeriod, 5*time.Minute)
	}
	a.Fallback = Fallback{
		FailureThreshold: cmp.Or(a.Fallback.FailureThreshold, 3),
		Replicas:         cmp.Or(a.Fallback.Replicas, a.MinReplicas),
	}
	a.Behavior = Behavior{
		ScaleUpPercent:      cmp.Or(a.Behavior.ScaleUpPercent, 100),
		ScaleUpPeriod:       cmp.Or(a.Behavior.ScaleUpPeriod, 30*time.Second),
		ScaleDownPods:       cmp.Or(a.Behavior.ScaleDownPods, 1),
		ScaleDownPeriod:     cmp.Or(a.Behavior.ScaleDownPeriod, time.Minute),
		StabilizationWindow: cmp.Or(a.Behavior.StabilizationWindow, 5*time.Minute),
	}
	return a
}

// The HorizontalPodAutoscaler's own limits.
const (
	longestPeriod = 30 * time.Minute
	longestWindow = time.Hour
)

// validate judges complete arguments.
func (a Args) validate() error {
	var problems []error
	add := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	whole := func(field string, is, most time.Duration) {
		limit := "from 1s"
		if most > 0 {
			limit += " to " + most.String()
		}
		add(is < time.Second || is%time.Second != 0 || most > 0 && is > most, "%s %v must be whole seconds %s", field, is, limit)
	}
	_, err := a.workload()
	add(err != nil, "%w", err)
	add(a.BootstrapServers == nil, "BootstrapServers is missing")
	add(a.Group == "", "Group is missing: the application's group.id")
	if problem := topicname.Problem(a.Topic); problem != "" {
		add(true, "Topic %q %s", a.Topic, problem)
	}
	add(a.OffsetResetPolicy != Earliest && a.OffsetResetPolicy != Latest,
		"OffsetResetPolicy %q must be earliest or latest, as the application's auto.offset.reset", a.OffsetResetPolicy)

	add(a.LagThreshold < 1, "LagThreshold %d must be 1 or more unread records for each replica", a.LagThreshold)
	switch { // each is a bound of the next
	case a.Partitions < 1:
		add(true, "Partitions %d must be as many as the topic has", a.Partitions)
	case a.MaxReplicas < 1 || a.MaxReplicas > a.Partitions:
		add(true, "MaxReplicas %d must be 1 to %d: a consumer beyond the partitions has nothing to read", a.MaxReplicas, a.Partitions)
	case a.MinReplicas < 1 || a.MinReplicas > a.MaxReplicas:
		add(true, "MinReplicas %d must be 1 to MaxReplicas, which is %d; ToZero is for none at all", a.MinReplicas, a.MaxReplicas)
	default:
		add(a.Fallback.Replicas < 1 || a.Fallback.Replicas > a.MaxReplicas,
			"Fallback.Replicas %d must be 1 to MaxReplicas, which is %d", a.Fallback.Replicas, a.MaxReplicas)
	}
	add(a.Fallback.FailureThreshold < 1, "Fallback.FailureThreshold %d must be 1 or more", a.Fallback.FailureThreshold)

	if a.ToZero {
		add(a.OffsetResetPolicy == Latest,
			"ToZero needs an application with auto.offset.reset earliest: with latest it skips what was written while nobody had committed anything")
		add(a.ActivationLagThreshold < 0, "ActivationLagThreshold %d must be 0 or more", a.ActivationLagThreshold)
		whole("PollingInterval", a.PollingInterval, 0)
		whole("CooldownPeriod", a.CooldownPeriod, 0)
	} else {
		add(a.ActivationLagThreshold != 0, "ActivationLagThreshold %d has no effect without ToZero", a.ActivationLagThreshold)
		add(a.PollingInterval != 0, "PollingInterval %v has no effect without ToZero", a.PollingInterval)
		add(a.CooldownPeriod != 0, "CooldownPeriod %v has no effect without ToZero", a.CooldownPeriod)
	}

	add(a.Behavior.ScaleUpPercent < 1, "Behavior.ScaleUpPercent %d must be 1 or more", a.Behavior.ScaleUpPercent)
	add(a.Behavior.ScaleDownPods < 1, "Behavior.ScaleDownPods %d must be 1 or more", a.Behavior.ScaleDownPods)
	whole("Behavior.ScaleUpPeriod", a.Behavior.ScaleUpPeriod, longestPeriod)
	whole("Behavior.ScaleDownPeriod", a.Behavior.ScaleDownPeriod, longestPeriod)
	whole("Behavior.StabilizationWindow", a.Behavior.StabilizationWindow, longestWindow)

	if s := a.Security; s != nil {
		add(s.UserSecret == nil && s.CAConfigMap == nil, "Security needs UserSecret, or CAConfigMap for brokers that ask for no certificate")
		add(s.UserSecret == nil && s.Username != "", "Security.Username %q needs UserSecret, which has the password", s.Username)
	}
	return errors.Join(problems...)
}
