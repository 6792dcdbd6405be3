package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v11/controller"
)

func claim(change func(*core.PersistentVolumeClaim)) *core.PersistentVolumeClaim {
	c := &core.PersistentVolumeClaim{
		ObjectMeta: meta.ObjectMeta{Namespace: "kafka", Name: "data-kafka-0", UID: "1234"},
		Spec: core.PersistentVolumeClaimSpec{
			AccessModes: []core.PersistentVolumeAccessMode{core.ReadWriteOnce},
			Resources:   core.VolumeResourceRequirements{Requests: core.ResourceList{core.ResourceStorage: resource.MustParse("10Gi")}},
		},
	}
	if change != nil {
		change(c)
	}
	return c
}

func options(c *core.PersistentVolumeClaim, class *storage.StorageClass, node string) controller.ProvisionOptions {
	o := controller.ProvisionOptions{PVC: c, PVName: "pvc-1234", StorageClass: class}
	if node != "" {
		o.SelectedNode = &core.Node{ObjectMeta: meta.ObjectMeta{Name: node}}
	}
	return o
}

func TestVolumeStaysOnItsNode(t *testing.T) {
	t.Parallel()
	p := provisioner{root: "/volumes"}
	retain := core.PersistentVolumeReclaimRetain
	volume, err := p.volumeFor(options(claim(nil), &storage.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "c"}, ReclaimPolicy: &retain}, "node-2"))
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join("/volumes", "node-2", "kafka_data-kafka-0_pvc-1234"); volume.Spec.Local.Path != want {
		t.Errorf("folder %s, want %s", volume.Spec.Local.Path, want)
	}
	terms := volume.Spec.NodeAffinity.Required.NodeSelectorTerms
	if len(terms) != 1 || terms[0].MatchExpressions[0].Values[0] != "node-2" {
		t.Errorf("affinity %v", terms)
	}
	if volume.Spec.PersistentVolumeReclaimPolicy != retain {
		t.Errorf("reclaim policy %s", volume.Spec.PersistentVolumeReclaimPolicy)
	}
	if size := volume.Spec.Capacity[core.ResourceStorage]; size.String() != "10Gi" {
		t.Errorf("size %s", size.String())
	}
}

func TestWhatCannotBeMadeIsSaid(t *testing.T) {
	t.Parallel()
	p := provisioner{root: "/volumes"}
	for want, c := range map[string]struct {
		claim *core.PersistentVolumeClaim
		node  string
	}{
		"WaitForFirstConsumer": {claim(nil), ""},
		"selector":             {claim(func(c *core.PersistentVolumeClaim) { c.Spec.Selector = &meta.LabelSelector{} }), "n"},
		"ReadWriteMany": {claim(func(c *core.PersistentVolumeClaim) {
			c.Spec.AccessModes = []core.PersistentVolumeAccessMode{core.ReadWriteMany}
		}), "n"},
	} {
		if _, err := p.volumeFor(options(c.claim, &storage.StorageClass{}, c.node)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// A claim's folder and volume come when the scheduler has chosen a node, and go when the
// claim is gone. Another's volume stays.
func TestLifeOfAVolume(t *testing.T) {
	t.Parallel()
	const name = "kafka-kraft.io/local-volume"
	root := t.TempDir()
	class := &storage.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "standard"}, Provisioner: name, VolumeBindingMode: ptr(storage.VolumeBindingWaitForFirstConsumer)}
	waiting := claim(func(c *core.PersistentVolumeClaim) {
		c.Spec.StorageClassName = &class.Name
		c.Annotations = map[string]string{"volume.kubernetes.io/storage-provisioner": name}
	})
	others := filepath.Join(t.TempDir(), "others")
	released := core.PersistentVolumeStatus{Phase: core.VolumeReleased}
	client := fake.NewClientset(class, waiting, &core.Node{ObjectMeta: meta.ObjectMeta{Name: "n"}},
		&core.PersistentVolume{
			ObjectMeta: meta.ObjectMeta{Name: "others", Annotations: map[string]string{"pv.kubernetes.io/provisioned-by": "another"}},
			Spec: core.PersistentVolumeSpec{
				PersistentVolumeReclaimPolicy: core.PersistentVolumeReclaimDelete,
				PersistentVolumeSource:        core.PersistentVolumeSource{Local: &core.LocalVolumeSource{Path: others}},
			},
			Status: released,
		})
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { provision(ctx, client, name, root); close(done) }()
	t.Cleanup(func() { stop(); <-done })
	volumes := client.CoreV1().PersistentVolumes()
	if _, err := volumes.Get(ctx, "pvc-1234", meta.GetOptions{}); err == nil {
		t.Error("a volume before the scheduler chose")
	}
	chosen := waiting.DeepCopy()
	chosen.Annotations["volume.kubernetes.io/selected-node"] = "n"
	if _, err := client.CoreV1().PersistentVolumeClaims("kafka").Update(ctx, chosen, meta.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	var made *core.PersistentVolume
	eventually(t, func() (err error) { made, err = volumes.Get(ctx, "pvc-1234", meta.GetOptions{}); return err })
	if info, err := os.Stat(made.Spec.Local.Path); err != nil || info.Mode().Perm() != 0o777 {
		t.Errorf("folder: %v, %v", info, err)
	}
	if ref := made.Spec.ClaimRef; ref == nil || ref.Name != "data-kafka-0" || made.Spec.StorageClassName != "standard" || made.Annotations["pv.kubernetes.io/provisioned-by"] != name {
		t.Errorf("volume %+v", made)
	}
	made.Status = released
	if _, err := volumes.Update(ctx, made, meta.UpdateOptions{}); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() error {
		if _, err := volumes.Get(ctx, "pvc-1234", meta.GetOptions{}); err == nil {
			return errors.New("the volume is still there")
		}
		return nil
	})
	if _, err := os.Stat(made.Spec.Local.Path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its folder: %v", err)
	}
	if _, err := volumes.Get(ctx, "others", meta.GetOptions{}); err != nil {
		t.Error(err)
	}
}

func ptr[T any](value T) *T { return &value }

func eventually(t *testing.T, try func() error) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
}

func TestOnlyFoldersBelowTheRootAreRemoved(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/volumes/n/x": true, "/volumes": false, "/volumes/..": false, "/volumes/../etc": false, "/etc": false, "/volumes2/x": false,
	} {
		if got := within("/volumes", path); got != want {
			t.Errorf("within(%s) = %v", path, got)
		}
	}
}
