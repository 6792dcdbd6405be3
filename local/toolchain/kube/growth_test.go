package main

import (
	"context"
	"fmt"
	"testing"

	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// A bound claim that asks for more gets it, and its volume says so, too. Another's volume,
// and a claim without one, stay as they are.
func TestGrowth(t *testing.T) {
	t.Parallel()
	const name = "kafka-kraft.io/local-volume"
	size := func(text string) core.ResourceList {
		return core.ResourceList{core.ResourceStorage: resource.MustParse(text)}
	}
	volume := func(called, by string) *core.PersistentVolume {
		return &core.PersistentVolume{
			ObjectMeta: meta.ObjectMeta{Name: called, Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": by}},
			Spec:       core.PersistentVolumeSpec{Capacity: size("10Gi")},
		}
	}
	bound := func(called, volume string, phase core.PersistentVolumeClaimPhase) *core.PersistentVolumeClaim {
		return claim(func(c *core.PersistentVolumeClaim) {
			c.Name, c.Spec.VolumeName, c.Spec.Resources.Requests = called, volume, size("20Gi")
			c.Status = core.PersistentVolumeClaimStatus{Phase: phase, Capacity: size("10Gi")}
		})
	}
	client := fake.NewClientset(volume("ours", name), volume("theirs", "another"),
		bound("a", "ours", core.ClaimBound), bound("b", "theirs", core.ClaimBound), bound("c", "", core.ClaimPending))
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { watchGrowth(ctx, client, name); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	capacity := func(called string) string {
		found, err := client.CoreV1().PersistentVolumeClaims("kafka").Get(ctx, called, meta.GetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		has := found.Status.Capacity[core.ResourceStorage]
		return has.String()
	}
	eventually(t, func() error {
		if has := capacity("a"); has != "20Gi" {
			return fmt.Errorf("claim a has %s", has)
		}
		return nil
	})
	made, err := client.CoreV1().PersistentVolumes().Get(ctx, "ours", meta.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if has := made.Spec.Capacity[core.ResourceStorage]; has.String() != "20Gi" {
		t.Errorf("the volume says %s", has.String())
	}
	for called, c := range map[string]*core.PersistentVolumeClaim{"b": bound("b", "theirs", core.ClaimBound), "c": bound("c", "", core.ClaimPending)} {
		if err := grow(ctx, client, name, c); err != nil {
			t.Error(err)
		}
		if has := capacity(called); has != "10Gi" {
			t.Errorf("claim %s has %s", called, has)
		}
	}
}
