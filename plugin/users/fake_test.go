package users

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/twmb/franz-go/pkg/kerr"
	appsv1 "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kafka-kraft/kafka-kraft/acl"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/life"
)

// kafka is a cluster in memory, as far as users go.
type kafka struct {
	passwords map[string]string
	acls      map[string][]acl.ACL
	quotas    map[string]map[string]float64

	away    error // nobody answers, for this reason
	lost    int   // so many changes are done, and their answers lost
	sound   int   // so many changes more are done; then comes broken
	broken  error // no change is done any more, for this reason
	hiccups int   // so many requests fail for a moment
	asked   int   // connections
	open    int
	did     []string // what has changed something

	kube *fake.Clientset
}

func newKafka() *kafka {
	three := int32(3)
	return &kafka{
		passwords: map[string]string{}, acls: map[string][]acl.ACL{}, quotas: map[string]map[string]float64{},
		kube: fake.NewClientset(&appsv1.StatefulSet{
			ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: "brokers"}, Spec: appsv1.StatefulSetSpec{Replicas: &three},
		}),
	}
}

func (k *kafka) user(t *testing.T) *life.Stack[UserArgs, UserState] {
	return &life.Stack[UserArgs, UserState]{T: t, R: User{New(func(name string) (kubernetes.Interface, error) {
		if name != "here" {
			return nil, errors.New("no such context")
		}
		return k.kube, nil
	}, func(ctx context.Context, at Place) (ops.UserAdmin, func(), error) {
		k.asked++
		if at.BootstrapServers != "kafka:9095" || at.Admin != "kafka-admin" {
			return nil, nil, fmt.Errorf("no Kafka at %s for %q", at.BootstrapServers, at.Admin)
		}
		if k.away != nil {
			return nil, nil, k.away
		}
		k.open++
		return k, func() { k.open-- }, ctx.Err()
	})}}
}

func (k *kafka) hiccup() error {
	if k.hiccups == 0 {
		return nil
	}
	k.hiccups--
	return fmt.Errorf("broker: %w", kerr.NotController)
}

// say notes a change, which has been done whatever its answer is.
func (k *kafka) say(format string, args ...any) error {
	k.did = append(k.did, fmt.Sprintf(format, args...))
	if k.lost == 0 {
		return nil
	}
	k.lost--
	return fmt.Errorf("broker: %w", kerr.RequestTimedOut)
}

func (k *kafka) HasPassword(_ context.Context, user string) (bool, error) {
	_, has := k.passwords[user]
	return has, k.hiccup()
}

// refuses is why no change is done.
func (k *kafka) refuses() error {
	if k.broken != nil && k.sound == 0 {
		return k.broken
	}
	k.sound--
	return nil
}

func (k *kafka) SetPassword(_ context.Context, user, password string) error {
	if err := k.refuses(); err != nil {
		return err
	}
	k.passwords[user] = password
	return k.say("password of %s", user)
}

func (k *kafka) RemovePassword(_ context.Context, user string) error {
	if err := k.refuses(); err != nil {
		return err
	}
	delete(k.passwords, user)
	return k.say("no password of %s", user)
}

func (k *kafka) ACLs(_ context.Context, user string) ([]acl.ACL, error) {
	return acl.Sorted(k.acls[user]), nil
}

func (k *kafka) AddACLs(_ context.Context, user string, all []acl.ACL) error {
	if err := k.refuses(); err != nil {
		return err
	}
	k.acls[user] = acl.Sorted(append(k.acls[user], all...))
	return k.say("%s may %s", user, sentence(all))
}

func (k *kafka) RemoveACLs(_ context.Context, user string, all []acl.ACL) error {
	if err := k.refuses(); err != nil {
		return err
	}
	k.acls[user] = slices.DeleteFunc(k.acls[user], func(a acl.ACL) bool { return slices.Contains(all, a) })
	return k.say("%s may no longer %s", user, sentence(all))
}

func (k *kafka) Quota(_ context.Context, who ops.Entity) (map[string]float64, error) {
	return maps.Clone(k.quotas[who.String()]), nil
}

func (k *kafka) LimitClients(_ context.Context, who ops.Entity, set map[string]float64, unset []string, _ bool) error {
	if err := k.refuses(); err != nil {
		return err
	}
	limits := k.quotas[who.String()]
	if limits == nil {
		limits = map[string]float64{}
		k.quotas[who.String()] = limits
	}
	maps.Copy(limits, set)
	for _, key := range unset {
		delete(limits, key)
	}
	return k.say("limit %s: %v, not %v", who, set, unset)
}

// heard is what is said to the user from now on.
func heard(t *testing.T) *bytes.Buffer {
	t.Helper()
	said, before := &bytes.Buffer{}, slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(said, nil)))
	t.Cleanup(func() { slog.SetDefault(before) })
	return said
}

// inTime is a test in which waiting costs no time.
func inTime(t *testing.T, test func(*testing.T)) {
	t.Helper()
	synctest.Test(t, test)
}
