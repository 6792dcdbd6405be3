package main

import (
	"path/filepath"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
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

func TestVolumeStaysOnItsNodeAndIsBoundToItsClaim(t *testing.T) {
	t.Parallel()
	p := &provisioner{name: "test", root: "/volumes"}
	retain := core.PersistentVolumeReclaimRetain
	volume, err := p.volumeFor(claim(nil), &storage.StorageClass{ObjectMeta: meta.ObjectMeta{Name: "c"}, ReclaimPolicy: &retain}, "node-2")
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
	if ref := volume.Spec.ClaimRef; ref.Namespace != "kafka" || ref.Name != "data-kafka-0" || ref.UID != "1234" {
		t.Errorf("claim %v", ref)
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
	p := &provisioner{name: "test", root: "/volumes"}
	block := core.PersistentVolumeBlock
	for want, c := range map[string]struct {
		claim *core.PersistentVolumeClaim
		node  string
	}{
		"WaitForFirstConsumer": {claim(nil), ""},
		"selector":             {claim(func(c *core.PersistentVolumeClaim) { c.Spec.Selector = &meta.LabelSelector{} }), "n"},
		"volumeMode Block":     {claim(func(c *core.PersistentVolumeClaim) { c.Spec.VolumeMode = &block }), "n"},
		"ReadWriteMany": {claim(func(c *core.PersistentVolumeClaim) {
			c.Spec.AccessModes = []core.PersistentVolumeAccessMode{core.ReadWriteMany}
		}), "n"},
	} {
		if _, err := p.volumeFor(c.claim, &storage.StorageClass{}, c.node); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
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
