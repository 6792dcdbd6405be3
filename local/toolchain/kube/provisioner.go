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
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/scheme"
	typedcore "k8s.io/client-go/kubernetes/typed/core/v1"
	corelisters "k8s.io/client-go/listers/core/v1"
	storagelisters "k8s.io/client-go/listers/storage/v1"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/record"
	"k8s.io/client-go/util/workqueue"
)

// Annotations by which Kubernetes and a dynamic provisioner talk to each other:
// https://kubernetes.io/docs/reference/labels-annotations-taints/
const (
	annotationProvisioner   = "volume.kubernetes.io/storage-provisioner"
	annotationSelectedNode  = "volume.kubernetes.io/selected-node"
	annotationProvisionedBy = "pv.kubernetes.io/provisioned-by"
)

// provisioner makes a folder for every claim of its StorageClasses, as a volume of
// type "local" on the node that the scheduler chose. "local" and not "hostPath",
// because Kubernetes then keeps the pod on that node and honours fsGroup. The size
// a claim asks for is recorded, not enforced: a folder has no limit of its own.
type provisioner struct {
	name   string // of the StorageClass's field provisioner
	root   string // folders lie at root/node/namespace_claim_volume
	client kubernetes.Interface
	events record.EventRecorder

	claims  corelisters.PersistentVolumeClaimLister
	volumes corelisters.PersistentVolumeLister
	nodes   corelisters.NodeLister
	classes storagelisters.StorageClassLister
	queue   workqueue.TypedRateLimitingInterface[item]
}

// item names a claim (namespace/name) or a volume to look at.
type item struct {
	volume bool
	key    string
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

	broadcaster := record.NewBroadcaster(record.WithContext(ctx))
	defer broadcaster.Shutdown()
	broadcaster.StartRecordingToSink(&typedcore.EventSinkImpl{Interface: client.CoreV1().Events("")})

	factory := informers.NewSharedInformerFactory(client, 0)
	p := &provisioner{
		name: *name, root: *root, client: client,
		events:  broadcaster.NewRecorder(scheme.Scheme, core.EventSource{Component: *name}),
		claims:  factory.Core().V1().PersistentVolumeClaims().Lister(),
		volumes: factory.Core().V1().PersistentVolumes().Lister(),
		nodes:   factory.Core().V1().Nodes().Lister(),
		classes: factory.Storage().V1().StorageClasses().Lister(),
		queue:   workqueue.NewTypedRateLimitingQueue(workqueue.DefaultTypedControllerRateLimiter[item]()),
	}
	if err := p.watch(factory.Core().V1().PersistentVolumeClaims().Informer(), false); err != nil {
		return err
	}
	if err := p.watch(factory.Core().V1().PersistentVolumes().Informer(), true); err != nil {
		return err
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	go func() { <-ctx.Done(); p.queue.ShutDown() }()
	for p.next(ctx) {
	}
	factory.Shutdown()
	return nil
}

func (p *provisioner) watch(informer cache.SharedIndexInformer, volume bool) error {
	add := func(object any) {
		key, err := cache.MetaNamespaceKeyFunc(object)
		if err != nil {
			utilruntime.HandleError(err)
			return
		}
		p.queue.Add(item{volume, key})
	}
	_, err := informer.AddEventHandler(cache.ResourceEventHandlerFuncs{
		AddFunc:    add,
		UpdateFunc: func(_, object any) { add(object) },
	})
	return err
}

// next handles one item. A failure comes back later, with growing pauses.
func (p *provisioner) next(ctx context.Context) bool {
	it, shutdown := p.queue.Get()
	if shutdown {
		return false
	}
	defer p.queue.Done(it)
	handle := p.provision
	if it.volume {
		handle = p.reclaim
	}
	if err := handle(ctx, it.key); err != nil {
		utilruntime.HandleError(fmt.Errorf("%s: %w", it.key, err))
		p.queue.AddRateLimited(it)
		return true
	}
	p.queue.Forget(it)
	return true
}

// provision makes the volume of a claim that waits for one of ours.
func (p *provisioner) provision(ctx context.Context, key string) error {
	namespace, name, err := cache.SplitMetaNamespaceKey(key)
	if err != nil {
		return err
	}
	claim, err := p.claims.PersistentVolumeClaims(namespace).Get(name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if claim.Spec.VolumeName != "" || claim.DeletionTimestamp != nil || claim.Annotations[annotationProvisioner] != p.name {
		return nil
	}
	if claim.Spec.StorageClassName == nil {
		return nil
	}
	class, err := p.classes.Get(*claim.Spec.StorageClassName)
	if err != nil {
		return err
	}
	node := claim.Annotations[annotationSelectedNode]
	if node == "" && class.VolumeBindingMode != nil && *class.VolumeBindingMode == storage.VolumeBindingWaitForFirstConsumer {
		return nil // the scheduler has not chosen yet; its choice is an update of the claim
	}
	volume, err := p.volumeFor(claim, class, node)
	if err != nil {
		p.events.Event(claim, core.EventTypeWarning, "ProvisioningFailed", err.Error())
		return nil // asking again changes nothing; an edit of the claim comes back as an update
	}
	if _, err := p.nodes.Get(node); err != nil {
		return err
	}
	if err := makeFolder(volume.Spec.Local.Path); err != nil {
		p.events.Event(claim, core.EventTypeWarning, "ProvisioningFailed", err.Error())
		return err
	}
	_, err = p.client.CoreV1().PersistentVolumes().Create(ctx, volume, meta.CreateOptions{})
	if err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	p.events.Eventf(claim, core.EventTypeNormal, "ProvisioningSucceeded", "folder %s on node %s", volume.Spec.Local.Path, node)
	return nil
}

// volumeFor is the volume for a claim, or why there can be none. Its name comes from
// the claim's UID, so that doing it twice makes one.
func (p *provisioner) volumeFor(claim *core.PersistentVolumeClaim, class *storage.StorageClass, node string) (*core.PersistentVolume, error) {
	if node == "" {
		return nil, fmt.Errorf("StorageClass %s: volumeBindingMode must be %s, since a folder is on one node", class.Name, storage.VolumeBindingWaitForFirstConsumer)
	}
	if claim.Spec.Selector != nil {
		return nil, errors.New("a claim with a selector is matched to volumes that exist, none is made for it")
	}
	if mode := claim.Spec.VolumeMode; mode != nil && *mode != core.PersistentVolumeFilesystem {
		return nil, fmt.Errorf("volumeMode %s: only %s can be made", *mode, core.PersistentVolumeFilesystem)
	}
	for _, mode := range claim.Spec.AccessModes {
		if mode != core.ReadWriteOnce && mode != core.ReadWriteOncePod {
			return nil, fmt.Errorf("accessMode %s: only %s and %s can be made", mode, core.ReadWriteOnce, core.ReadWriteOncePod)
		}
	}
	policy := core.PersistentVolumeReclaimDelete
	if class.ReclaimPolicy != nil {
		policy = *class.ReclaimPolicy
	}
	name := "pvc-" + string(claim.UID)
	filesystem := core.PersistentVolumeFilesystem
	return &core.PersistentVolume{
		ObjectMeta: meta.ObjectMeta{Name: name, Annotations: map[string]string{annotationProvisionedBy: p.name}},
		Spec: core.PersistentVolumeSpec{
			AccessModes:                   claim.Spec.AccessModes,
			Capacity:                      core.ResourceList{core.ResourceStorage: claim.Spec.Resources.Requests[core.ResourceStorage]},
			ClaimRef:                      claimRef(claim),
			MountOptions:                  class.MountOptions,
			PersistentVolumeReclaimPolicy: policy,
			StorageClassName:              class.Name,
			VolumeMode:                    &filesystem,
			PersistentVolumeSource: core.PersistentVolumeSource{Local: &core.LocalVolumeSource{
				Path: filepath.Join(p.root, node, claim.Namespace+"_"+claim.Name+"_"+name),
			}},
			NodeAffinity: &core.VolumeNodeAffinity{Required: &core.NodeSelector{NodeSelectorTerms: []core.NodeSelectorTerm{{
				MatchExpressions: []core.NodeSelectorRequirement{{
					Key: core.LabelHostname, Operator: core.NodeSelectorOpIn, Values: []string{node},
				}},
			}}}},
		},
	}, nil
}

func claimRef(claim *core.PersistentVolumeClaim) *core.ObjectReference {
	return &core.ObjectReference{
		APIVersion: "v1", Kind: "PersistentVolumeClaim",
		Namespace: claim.Namespace, Name: claim.Name, UID: claim.UID, ResourceVersion: claim.ResourceVersion,
	}
}

// makeFolder makes a folder that any user may write to, as a fresh disk would be
// after Kubernetes mounted it; who writes to it is the pod's securityContext's say.
func makeFolder(path string) error {
	if err := os.MkdirAll(path, 0o755); err != nil {
		return err
	}
	return os.Chmod(path, 0o777) // not subject to the umask
}

// reclaim removes a released volume of ours, records included, if its policy is
// Delete. The folder goes first: a volume object without folder is tried again, a
// folder without object would be forgotten.
func (p *provisioner) reclaim(ctx context.Context, name string) error {
	volume, err := p.volumes.Get(name)
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	if volume.Annotations[annotationProvisionedBy] != p.name || volume.DeletionTimestamp != nil ||
		volume.Status.Phase != core.VolumeReleased ||
		volume.Spec.PersistentVolumeReclaimPolicy != core.PersistentVolumeReclaimDelete {
		return nil
	}
	if volume.Spec.Local == nil || !within(p.root, volume.Spec.Local.Path) {
		p.events.Event(volume, core.EventTypeWarning, "VolumeFailedDelete", "its folder is not below "+p.root)
		return nil
	}
	if err := os.RemoveAll(volume.Spec.Local.Path); err != nil {
		p.events.Event(volume, core.EventTypeWarning, "VolumeFailedDelete", err.Error())
		return err
	}
	err = p.client.CoreV1().PersistentVolumes().Delete(ctx, name, meta.DeleteOptions{
		Preconditions: meta.NewUIDPreconditions(string(volume.UID)),
	})
	if apierrors.IsNotFound(err) {
		return nil
	}
	return err
}

// within says whether path is a proper descendant of root.
func within(root, path string) bool {
	relative, err := filepath.Rel(root, path)
	return err == nil && relative != "." && filepath.IsLocal(relative)
}
