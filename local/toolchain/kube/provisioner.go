package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	core "k8s.io/api/core/v1"
	storage "k8s.io/api/storage/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v11/controller"
)

// provisioner makes a folder for every claim of its StorageClasses, as a volume of
// type "local" on the node that the scheduler chose. "local" and not "hostPath",
// because Kubernetes then keeps the pod on that node and honours fsGroup. The size
// a claim asks for is recorded, not enforced: a folder has no limit of its own.
type provisioner struct {
	root string // folders lie at root/node/namespace_claim_volume
}

func runProvisioner(args []string) error {
	flags := flag.NewFlagSet("provisioner", flag.ContinueOnError)
	kubeconfig := flags.String("kubeconfig", "", "how to reach the API server")
	name := flags.String("name", "", "the provisioner's name, as StorageClasses give it")
	root := flags.String("root", "", "folder below which volumes are made")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *kubeconfig == "" || *name == "" || !filepath.IsAbs(*root) {
		return errors.New("--kubeconfig, --name and an absolute --root are needed")
	}
	config, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	provision(ctx, client, *name, *root)
	return nil
}

// provision works until ctx ends. It is the only one, and never gives up.
func provision(ctx context.Context, client kubernetes.Interface, name, root string) {
	go watchGrowth(ctx, client, name)
	controller.NewProvisionController(ctx, client, name, provisioner{root},
		controller.LeaderElection(false), controller.FailedProvisionThreshold(0), controller.FailedDeleteThreshold(0),
	).Run(ctx)
}

// Provision makes the folder of a claim.
func (p provisioner) Provision(_ context.Context, o controller.ProvisionOptions) (*core.PersistentVolume, controller.ProvisioningState, error) {
	volume, err := p.volumeFor(o)
	if err == nil {
		err = makeFolder(volume.Spec.Local.Path)
	}
	return volume, controller.ProvisioningFinished, err
}

// volumeFor is the volume for a claim, or why there can be none.
func (p provisioner) volumeFor(o controller.ProvisionOptions) (*core.PersistentVolume, error) {
	claim := o.PVC
	if o.SelectedNode == nil {
		return nil, fmt.Errorf("StorageClass %s: volumeBindingMode must be %s, since a folder is on one node", o.StorageClass.Name, storage.VolumeBindingWaitForFirstConsumer)
	}
	if claim.Spec.Selector != nil {
		return nil, errors.New("a claim with a selector is matched to volumes that exist, none is made for it")
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode != core.ReadWriteOnce && mode != core.ReadWriteOncePod {
			return nil, fmt.Errorf("accessMode %s: only %s and %s can be made", mode, core.ReadWriteOnce, core.ReadWriteOncePod)
		}
	}
	policy := core.PersistentVolumeReclaimDelete
	if o.StorageClass.ReclaimPolicy != nil {
		policy = *o.StorageClass.ReclaimPolicy
	}
	filesystem := core.PersistentVolumeFilesystem
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: o.PVName},
		Spec: core.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: claim.Spec.Resources.Requests[core.ResourceStorage]},
			MountOptions:                  o.StorageClass.MountOptions,
			PersistentVolumeReclaimPolicy: policy,
			VolumeMode:                    &filesystem,
			PersistentVolumeSource: core.PersistentVolumeSource{Local: &core.LocalVolumeSource{
				Path: filepath.Join(p.root, o.SelectedNode.Name, claim.Namespace+"_"+claim.Name+"_"+o.PVName),
			}},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{NodeSelectorTerms: []core.NodeSelectorTerm{{
				MatchExpressions: []core.NodeSelectorRequirement{{
					Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{o.SelectedNode.Name},
				}},
			}}}},
		},
	}, nil
}

// makeFolder makes a folder that any user may write to, as a fresh disk would be
// after Kubernetes mounted it; who writes to it is the pod's securityContext's say.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return os.Chmod(path, 0o777) // not subject to the umask
}

// Delete removes the folder of a released volume, records included. The volume object goes
// after it: one without folder is tried again, a folder without object would be forgotten.
func (p provisioner) Delete(_ context.Context, volume *core.PersistentVolume) error {
	if volume.Spec.Local == nil || !within(p.root, volume.Spec.Local.Path) {
		return errors.New("its folder is not below " + p.root)
	}
	return os.RemoveAll(volume.Spec.Local.Path)
}

// within reports whether path is a proper descendant of root.
func within(root, path string) bool {
	relative, err := filepath.Rel(root, path)
	return err == nil && relative != "." && filepath.IsLocal(relative)
}
