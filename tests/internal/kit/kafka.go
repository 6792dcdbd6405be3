package kit

import (
	"context"
	"errors"
	"testing"
	"time"
)

// Kafka is a stack that runs in the cluster.
type Kafka struct {
	*Workspace
	Cluster   *Cluster
	Namespace string
}

// admin is the output adminSecret of the last up, "" if it had none, or was not the kit's.
func (k *Kafka) admin() string {
	if k.Workspace == nil {
		return ""
	}
	return k.adminSecret
}

// NewKafka makes a stack like the checkout's Pulumi.<like>.yaml, in a namespace and
// on a volume of its own, with the image that this run built. It is not up yet. At
// the end of the test all of it is removed, records included.
func NewKafka(t *testing.T, purpose, like string, config Config) *Kafka {
	t.Helper()
	cluster := Kubernetes(t)
	own := cluster.Own(t, purpose)
	place := Place(own)
	if like == "ci" || config["storage.mode"] == "perPod" { // claims, and no volume to name
		delete(place, "storage.hostPath")
		delete(place, "storage.volumeName")
	}
	if like == "ci" {
		place["controller.cpuRequest"] = "50m"
	}
	k := &Kafka{Workspace: NewWorkspace(t, own, like, place), Cluster: cluster, Namespace: own}
	k.Set(t, Config{"image": Image(t), "imageContext": "", "imageRegistry": ""})
	k.Set(t, config)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
		defer cancel()
		if t.Failed() {
			k.explain(ctx, t)
		}
		if err := k.destroy(ctx, t); err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return k
}

// Place is the configuration that puts a stack like dev into a namespace and on a volume
// of the test's own, and asks for little of the machine: the user's stacks may have
// reserved most of it.
func Place(own string) Config {
	return Config{
		"context":            Context,
		"namespace":          own,
		"storage.hostPath":   "/mnt/" + own,
		"storage.volumeName": own,
		"broker.cpuRequest":  "50m",
		"timeout":            "4m",
	}
}

// Own makes up a name for a stack, its namespace, volume and directory on the nodes.
// At the end of the test whatever is left of them is removed.
func (c *Cluster) Own(t *testing.T, purpose string) string {
	t.Helper()
	image := Image(t)
	own := name(purpose)
	t.Cleanup(func() { // the test's own context is over by then
		ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
		defer cancel()
		err := errors.Join(c.removeNamespace(ctx, own), c.removeVolume(ctx, own), c.removeDirectories(ctx, image))
		if err != nil {
			t.Errorf("cleaning up: %v", err)
		}
	})
	return own
}
