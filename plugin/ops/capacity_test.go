package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	kubetesting "k8s.io/client-go/testing"
)

type (
	capacityUpdate = infer.UpdateRequest[CapacityArgs, CapacityState]
	capacityCreate = infer.CreateRequest[CapacityArgs]
	capacityRead   = infer.ReadRequest[CapacityArgs, CapacityState]
)

// roomy asks so much for brokers 0 and 1.
func roomy(size string) CapacityArgs {
	return CapacityArgs{
		Place:   place(),
		Sizes:   map[string]string{"data-kafka-0": size, "data-kafka-1": size},
		Brokers: map[string]int32{"data-kafka-0": 0, "data-kafka-1": 1},
	}
}

func had(size string) CapacityState { return CapacityState{CapacityArgs: roomy(size)} }

func storageOf(size string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceStorage: resource.MustParse(size)}
}

// claimed are two pods with a claim each, which has a volume of one size and asks for another.
func claimed(generation int64, replicas int, has, asks string) []runtime.Object {
	list := objects(generation, replicas)
	for i := range 2 {
		list = append(list, &corev1.PersistentVolumeClaim{
			ObjectMeta: metav1.ObjectMeta{Namespace: "n", Name: fmt.Sprintf("data-kafka-%d", i)},
			Spec:       corev1.PersistentVolumeClaimSpec{Resources: corev1.VolumeResourceRequirements{Requests: storageOf(asks)}},
			Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimBound, Capacity: storageOf(has)},
		})
	}
	return list
}

// claim changes the status of one.
func (c Cluster) claim(t *testing.T, name string, change func(*corev1.PersistentVolumeClaimStatus)) {
	t.Helper()
	claims := c.kube(t).CoreV1().PersistentVolumeClaims("n")
	claim, err := claims.Get(t.Context(), name, metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	change(&claim.Status)
	if _, err := claims.UpdateStatus(t.Context(), claim, metav1.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
}

// grow is what Kubernetes and its storage do.
func (c Cluster) grow(t *testing.T, name, size string) {
	t.Helper()
	c.claim(t, name, func(s *corev1.PersistentVolumeClaimStatus) { s.Capacity = storageOf(size) })
}

// asked counts what a fake Kubernetes was asked about claims.
func (c Cluster) asked(t *testing.T) int {
	n := 0
	for _, action := range c.kube(t).Actions() {
		if action.Matches("get", "persistentvolumeclaims") {
			n++
		}
	}
	return n
}

// It opens when all volumes have grown, and all brokers see it.
func TestCapacityWaits(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(2)
		k.total = map[int32]int64{0: 5 << 30, 1: 500 << 30} // of a folder it is that of the disk
		gate := Capacity{around(k, claimed(1, 2, "5Gi", "10Gi")...)}
		begun := time.Now()
		time.AfterFunc(10*time.Second, func() { gate.grow(t, "data-kafka-0", "10Gi") })
		time.AfterFunc(20*time.Second, func() {
			assert.Zero(t, k.connections, "the brokers have nothing to see yet")
			gate.grow(t, "data-kafka-1", "11Gi") // storage may round up
		})
		k.later(time.Minute, func() { k.total[0] = 9_900 << 20 })
		updated, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		require.NoError(t, err)
		assert.Equal(t, had("10Gi"), updated.Output)
		assert.GreaterOrEqual(t, time.Since(begun), time.Minute)
		assert.Zero(t, k.open, "the connection was closed")
	})
}

// Controllers have no log directories that anybody could ask about.
func TestCapacityOfControllers(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(2)
		gate := Capacity{around(k, claimed(3, 2, "5Gi", "10Gi")...)}
		time.AfterFunc(10*time.Second, func() { gate.grow(t, "data-kafka-0", "10Gi"); gate.grow(t, "data-kafka-1", "10Gi") })
		inputs := roomy("10Gi")
		inputs.Brokers = nil
		updated, err := gate.Update(t.Context(), capacityUpdate{Inputs: inputs, State: had("5Gi")})
		require.NoError(t, err)
		assert.False(t, updated.Output.Pending)
		assert.Zero(t, k.connections)
	})
}

// Behind a StatefulSet as it was made, and claims that are large enough, Kafka is not asked; nor
// is anything waited for where there is nothing.
func TestCapacityOnTheFirstUp(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(2)
		begun := time.Now()
		for _, o := range [][]runtime.Object{nil, objects(1, 0), objects(1, 2), claimed(1, 2, "10Gi", "10Gi")} {
			for _, dry := range []bool{true, false} {
				made, err := Capacity{around(k, o...)}.Create(t.Context(), capacityCreate{Inputs: roomy("10Gi"), DryRun: dry})
				require.NoError(t, err)
				assert.Equal(t, infer.CreateResponse[CapacityState]{ID: "n/kafka", Output: had("10Gi")}, made)
			}
		}
		// Behind an older StatefulSet, the gate alone is new, and nothing grows.
		_, err := Capacity{around(k, claimed(2, 2, "10Gi", "10Gi")...)}.Create(t.Context(), capacityCreate{Inputs: roomy("10Gi")})
		require.NoError(t, err)
		assert.Zero(t, k.connections)
		assert.Zero(t, time.Since(begun))

		// Claims that outlived another stack are made larger by a first up, too.
		gate := Capacity{around(k, claimed(1, 2, "5Gi", "10Gi")...)}
		time.AfterFunc(10*time.Second, func() { gate.grow(t, "data-kafka-0", "10Gi"); gate.grow(t, "data-kafka-1", "10Gi") })
		_, err = gate.Create(t.Context(), capacityCreate{Inputs: roomy("10Gi")})
		require.NoError(t, err)
		assert.Equal(t, 1, k.connections)
	})
}

// What never comes is said at once; what does not come in time, with where it is.
func TestCapacityThatNeverComes(t *testing.T) {
	inTime(t, func(t *testing.T) {
		gate := Capacity{around(newKafka(2), claimed(3, 2, "5Gi", "10Gi")...)}
		gate.grow(t, "data-kafka-1", "10Gi")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		late, err := gate.Update(ctx, capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		assert.Equal(t, []string{"volumes in namespace n have not grown: data-kafka-0: 5Gi of 10Gi: context deadline exceeded"}, reasons(t, err))
		assert.True(t, late.Output.Pending)

		gate.claim(t, "data-kafka-0", func(s *corev1.PersistentVolumeClaimStatus) {
			s.AllocatedResourceStatuses = map[corev1.ResourceName]corev1.ClaimResourceStatus{
				corev1.ResourceStorage: corev1.PersistentVolumeClaimControllerResizeInfeasible,
			}
		})
		_, err = gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: late.Output})
		assert.Contains(t, said(t, err), "data-kafka-0: 5Gi of 10Gi; ask for less, which has to be more than 5Gi")

		for _, dry := range []bool{true, false} {
			_, err = gate.Update(t.Context(), capacityUpdate{Inputs: roomy("large"), State: had("5Gi"), DryRun: dry})
			require.ErrorContains(t, err, `sizes[data-kafka-0] "large": must be a quantity of Kubernetes, such as 10Gi`)
			require.ErrorContains(t, err, `sizes[data-kafka-1]`)
		}
	})
}

// A file system that stayed as it was is waited for, but not for ever: it may be that of a disk
// that is smaller than what a claim asked for.
func TestCapacityThatBrokersDoNotSee(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(2)
		k.total = map[int32]int64{1: 4 << 30}
		gate := Capacity{around(k, claimed(3, 2, "10Gi", "10Gi")...)}
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Minute, cancel)
		cut, err := gate.Update(ctx, capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		assert.Equal(t, []string{"cut off, and the next up goes on: broker 1 has a file system of 4.0 GiB on a volume of 10.0 GiB; " +
			"unless it grows now, restart its pod: context canceled"}, reasons(t, err))
		assert.True(t, cut.Output.Pending)
		diff, err := gate.Diff(t.Context(), infer.DiffRequest[CapacityArgs, CapacityState]{Inputs: roomy("10Gi"), State: cut.Output})
		require.NoError(t, err)
		assert.True(t, diff.HasChanges, "gone through again")

		begun := time.Now()
		again, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: cut.Output})
		require.NoError(t, err)
		assert.Equal(t, patience, time.Since(begun))
		assert.True(t, again.Output.Pending)

		k.total[1] = 10 << 30
		done, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: again.Output})
		require.NoError(t, err)
		assert.Equal(t, had("10Gi"), done.Output)
	})
}

// Only brokers that run and whose volumes may have grown are asked.
func TestWhoseVolumeGrew(t *testing.T) {
	t.Parallel()
	pending := had("10Gi")
	pending.Pending = true
	one := had("10Gi")
	one.Sizes = map[string]string{"data-kafka-0": "10Gi"} // and 1 is new
	var claims []corev1.PersistentVolumeClaim
	for _, o := range claimed(1, 2, "10Gi", "10Gi") {
		if claim, is := o.(*corev1.PersistentVolumeClaim); is {
			claims = append(claims, *claim)
		}
	}
	short := slices.Clone(claims)
	short[1].Status.Capacity = storageOf("5Gi")
	for name, c := range map[string]struct {
		old     CapacityState
		before  []corev1.PersistentVolumeClaim
		members []int32
		want    []int32
	}{
		"none":             {had("10240Mi"), claims, []int32{0, 1}, nil},
		"one is new":       {one, claims, []int32{0, 1}, nil},
		"the gate is new":  {CapacityState{}, claims, []int32{0, 1}, nil},
		"in the program":   {had("5Gi"), claims, []int32{0, 1}, []int32{0, 1}},
		"in Kubernetes":    {had("10Gi"), short, []int32{0, 1}, []int32{1}},
		"nobody knows":     {pending, claims, []int32{0, 1}, []int32{0, 1}},
		"one does not run": {had("5Gi"), claims, []int32{0}, []int32{0}},
	} {
		args := roomy("10Gi")
		sizes, err := args.wanted()
		require.NoError(t, err)
		grew := args.grew(c.old, c.before, sizes, c.members)
		assert.Equal(t, c.want, slices.Sorted(maps.Keys(grew)), name)
		for _, size := range grew {
			assert.EqualValues(t, 10<<30, size)
		}
	}
}

// The volumes have grown, whoever can be asked: what comes next may be what mends Kafka.
func TestCapacityWithoutKafka(t *testing.T) {
	inTime(t, func(t *testing.T) {
		for _, world := range []func(*kafka){
			func(k *kafka) { k.away = errors.New("nobody listens") },
			func(k *kafka) { k.mute = true },
		} {
			k := newKafka(2)
			world(k)
			gate := Capacity{around(k, claimed(3, 2, "10Gi", "10Gi")...)}
			begun := time.Now()
			updated, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
			require.NoError(t, err)
			assert.LessOrEqual(t, time.Since(begun), patience)
			assert.True(t, updated.Output.Pending)
		}

		// A broker that restarts, since its volume was full, is waited for.
		k := newKafka(2)
		k.away = errors.New("nobody listens")
		k.later(time.Minute, func() { k.away = nil })
		gate := Capacity{around(k, claimed(3, 2, "10Gi", "10Gi")...)}
		updated, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		require.NoError(t, err)
		assert.Equal(t, had("10Gi"), updated.Output)
	})
}

func TestCapacityWithoutKubernetes(t *testing.T) {
	inTime(t, func(t *testing.T) {
		gate := Capacity{around(newKafka(2), claimed(3, 2, "5Gi", "10Gi")...)}
		elsewhere := roomy("10Gi")
		elsewhere.Context = "elsewhere"
		_, err := gate.Create(t.Context(), capacityCreate{Inputs: elsewhere})
		require.EqualError(t, err, "no such context")
		_, err = gate.Create(t.Context(), capacityCreate{Inputs: elsewhere, DryRun: true})
		require.NoError(t, err)
		gate.kube(t).PrependReactor("get", "persistentvolumeclaims", func(kubetesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("forbidden")
		})
		_, err = gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		assert.Equal(t, []string{"claim n/data-kafka-0: forbidden"}, reasons(t, err))
		gate.kube(t).PrependReactor("get", "*", func(kubetesting.Action) (bool, runtime.Object, error) {
			return true, nil, errors.New("no route")
		})
		_, err = gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi")})
		assert.Equal(t, []string{"stateful set n/kafka: no route"}, reasons(t, err))
	})
}

// Without pods some drivers do nothing, so that the gate lets through what would start them.
func TestCapacityOfAStoppedPool(t *testing.T) {
	inTime(t, func(t *testing.T) {
		k := newKafka(2)
		stopped := roomy("10Gi")
		stopped.Stopped = true
		gate := Capacity{around(k, claimed(4, 0, "5Gi", "10Gi")...)}
		begun := time.Now()
		waits, err := gate.Update(t.Context(), capacityUpdate{Inputs: stopped, State: had("5Gi")})
		require.NoError(t, err)
		assert.Equal(t, CapacityState{CapacityArgs: stopped, Pending: true}, waits.Output)
		assert.Equal(t, moment, time.Since(begun))
		for inputs, changed := range map[*CapacityArgs]bool{&stopped: false, new(roomy("10Gi")): true} {
			diff, err := gate.Diff(t.Context(), infer.DiffRequest[CapacityArgs, CapacityState]{Inputs: *inputs, State: waits.Output})
			require.NoError(t, err)
			assert.Equal(t, changed, diff.HasChanges, "its start is a change")
		}

		// One that grows without pods is waited for, and one that nobody has made is not.
		require.NoError(t, gate.kube(t).CoreV1().PersistentVolumeClaims("n").Delete(t.Context(), "data-kafka-1", metav1.DeleteOptions{}))
		time.AfterFunc(5*time.Second, func() { gate.grow(t, "data-kafka-0", "10Gi") })
		grown, err := gate.Update(t.Context(), capacityUpdate{Inputs: stopped, State: waits.Output})
		require.NoError(t, err)
		assert.False(t, grown.Output.Pending)
		assert.Zero(t, k.connections)

		// Ctrl-C is none of that.
		gate.grow(t, "data-kafka-0", "5Gi")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		_, err = gate.Update(ctx, capacityUpdate{Inputs: stopped, State: waits.Output})
		assert.Contains(t, said(t, err), "cut off, and the next up goes on: volumes in namespace n have not grown")
	})
}

// A preview has a line for each claim that would grow, and waits for nothing.
func TestCapacityPreview(t *testing.T) {
	inTime(t, func(t *testing.T) {
		gate := Capacity{around(newKafka(2), claimed(3, 2, "5Gi", "5Gi")...)}
		gate.grow(t, "data-kafka-1", "20Gi")
		begun := time.Now()
		planned, err := gate.Update(t.Context(), capacityUpdate{Inputs: roomy("10Gi"), State: had("5Gi"), DryRun: true})
		require.NoError(t, err)
		assert.Equal(t, had("10Gi"), planned.Output)
		assert.Equal(t, 2+1, gate.asked(t), "each once, and grow's own")
		assert.Zero(t, time.Since(begun))

		pool, err := gate.pool(t.Context(), place(), moment)
		require.NoError(t, err)
		sizes, err := roomy("10Gi").wanted()
		require.NoError(t, err)
		there, err := pool.claims(t.Context(), maps.Keys(sizes))
		require.NoError(t, err)
		assert.Equal(t, []string{"data-kafka-0: 5Gi to 10Gi"}, growth(there, sizes))
	})
}

func TestCapacityRead(t *testing.T) {
	stopped := roomy("10Gi")
	stopped.Stopped = true
	for name, c := range map[string]struct {
		args   CapacityArgs
		world  []runtime.Object
		closed []string // none if it stands open
	}{
		"open":    {roomy("10Gi"), claimed(3, 2, "10Gi", "10Gi"), nil},
		"on":      {roomy("10Gi"), claimed(3, 2, "5Gi", "10Gi"), []string{"data-kafka-0: 5Gi of 10Gi", "data-kafka-1: 5Gi of 10Gi"}},
		"stopped": {stopped, claimed(3, 0, "5Gi", "10Gi"), nil},
		"gone":    {roomy("10Gi"), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			inTime(t, func(t *testing.T) {
				k := newKafka(2)
				state := CapacityState{CapacityArgs: c.args}
				found, err := Capacity{around(k, c.world...)}.Read(t.Context(), capacityRead{ID: "n/kafka", Inputs: c.args, State: state})
				assert.Equal(t, infer.ReadResponse[CapacityArgs, CapacityState]{ID: "n/kafka", Inputs: c.args, State: state}, found)
				assert.Zero(t, k.connections)
				if len(c.closed) == 0 {
					require.NoError(t, err)
					return
				}
				assert.Equal(t, c.closed, reasons(t, err))
			})
		})
	}
	_, err := Capacity{}.Read(t.Context(), capacityRead{ID: "n/kafka"})
	require.ErrorIs(t, err, errNoImport)
}
