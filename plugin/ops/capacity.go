package ops

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/storage"
	"github.com/kafka-kraft/kafka-kraft/ops"
	"github.com/kafka-kraft/kafka-kraft/plugin/internal/insist"
)

// Capacity is the gate behind a pool's claims and its Rollout: it opens when their volumes are as
// large as they shall be at least (storage.Grown), and the brokers see it (ops.AwaitVolumes).
//
// Pulumi is done with a claim when Kubernetes has heard of its new size. That may come to nothing
// (a quota of the storage), or only when a pod mounts the volume anew.
//
// A pool that does not run is let through, since some drivers need a pod, and is gone through
// again; so are brokers that do not see it or do not answer, since the volumes have grown by then.
type Capacity struct{ Cluster }

// CapacityArgs says how large is large enough. The time limit is Pulumi's own customTimeouts.
type CapacityArgs struct {
	Place
	Sizes   map[string]string `pulumi:"sizes"`
	Brokers map[string]int32  `pulumi:"brokers,optional"`
}

// CapacityState is what the gate remembers.
type CapacityState struct {
	CapacityArgs
	Pending bool `pulumi:"pending,optional"` // see Outcome
}

var (
	_ infer.CustomResource[CapacityArgs, CapacityState] = Capacity{}
	_ infer.CustomUpdate[CapacityArgs, CapacityState]   = Capacity{}
	_ infer.CustomRead[CapacityArgs, CapacityState]     = Capacity{}
	_ infer.CustomDiff[CapacityArgs, CapacityState]     = Capacity{}
)

// Annotate describes the resource in the provider's schema.
func (c *Capacity) Annotate(a infer.Annotator) {
	a.Describe(&c, "Waits until the volumes of a node pool are as large as their claims ask, and its brokers see it.")
	a.SetToken("ops", "Capacity")
}

// Annotate describes the inputs in the provider's schema.
func (c *CapacityArgs) Annotate(a infer.Annotator) {
	a.Describe(&c.Sizes, "What the volumes shall have at least, as Kubernetes' quantities (10Gi), by the names of the claims.")
	a.Describe(&c.Brokers, "Node ids of the brokers, by the names of the claims that hold their records. None: Kafka is not asked.")
}

// Annotate describes the outputs in the provider's schema.
func (c *CapacityState) Annotate(a infer.Annotator) {
	a.Describe(&c.Pending, "The gate did not do all that it is for, and the next up goes through it again.")
}

// wanted are the sizes as numbers.
func (c CapacityArgs) wanted() (map[string]resource.Quantity, error) {
	sizes := map[string]resource.Quantity{}
	var wrong []error
	for _, name := range slices.Sorted(maps.Keys(c.Sizes)) {
		size, err := resource.ParseQuantity(c.Sizes[name])
		if err != nil {
			wrong = append(wrong, fmt.Errorf("sizes[%s] %q: must be a quantity of Kubernetes, such as 10Gi", name, c.Sizes[name]))
		}
		sizes[name] = size
	}
	return sizes, errors.Join(wrong...)
}

// Create is Update for a gate that is new. The claims behind it may be older than it.
func (c Capacity) Create(ctx context.Context, req infer.CreateRequest[CapacityArgs]) (infer.CreateResponse[CapacityState], error) {
	made := infer.CreateResponse[CapacityState]{ID: req.Inputs.id(), Output: CapacityState{CapacityArgs: req.Inputs}}
	if req.DryRun {
		return made, c.preview(ctx, req.Inputs)
	}
	var err error
	made.Output, err = c.reach(ctx, CapacityState{}, req.Inputs, true)
	return made, err
}

// Update waits.
func (c Capacity) Update(ctx context.Context, req infer.UpdateRequest[CapacityArgs, CapacityState]) (infer.UpdateResponse[CapacityState], error) {
	if req.DryRun {
		planned := CapacityState{req.Inputs, req.State.Pending}
		return infer.UpdateResponse[CapacityState]{Output: planned}, c.preview(ctx, req.Inputs)
	}
	state, err := c.reach(ctx, req.State, req.Inputs, false)
	return infer.UpdateResponse[CapacityState]{Output: state}, err
}

// Diff adds to the inputs what is pending.
func (c Capacity) Diff(_ context.Context, req infer.DiffRequest[CapacityArgs, CapacityState]) (infer.DiffResponse, error) {
	return changes(req.State.CapacityArgs, req.Inputs, req.State.Pending && !req.Inputs.Stopped), nil
}

func (c Capacity) reach(ctx context.Context, old CapacityState, args CapacityArgs, fresh bool) (CapacityState, error) {
	state := CapacityState{args, old.Pending}
	sizes, err := args.wanted()
	if err != nil {
		return state, err
	}
	pool, err := c.pool(ctx, args.Place, patience)
	if errors.As(err, new(unusable)) {
		return state, err
	}
	state.Pending = true
	if err != nil {
		return state, unfinished(ctx, err)
	}
	var there []corev1.PersistentVolumeClaim
	if err := insist.On(ctx, patience, nil, func(ctx context.Context) (err error) {
		there, err = pool.claims(ctx, maps.Keys(sizes))
		return err
	}); err != nil {
		return state, unfinished(ctx, err)
	}
	switch {
	case pool.rests():
		state.Pending, err = c.rest(ctx, pool, there, sizes)
		return state, err
	case fresh && len(there) == 0:
		state.Pending = false
		return state, nil
	}
	if err := storage.Grown(ctx, pool.client, args.Namespace, sizes, progress(ctx)); err != nil {
		return state, unfinished(ctx, err)
	}
	state.Pending = false
	if grew := args.grew(old, there, sizes, pool.members()); len(grew) > 0 {
		state.Pending, err = c.seen(ctx, args.Place, grew)
	}
	return state, err
}

// rest gives the volumes of a pool that does not run a moment, and tells whether that was too
// short. Claims that are not there are made when it starts.
func (c Capacity) rest(ctx context.Context, pool *pool, there []corev1.PersistentVolumeClaim, sizes map[string]resource.Quantity) (pending bool, err error) {
	known := map[string]resource.Quantity{}
	for i := range there {
		known[there[i].Name] = sizes[there[i].Name]
	}
	bounded, over := context.WithTimeout(ctx, moment)
	defer over()
	err = storage.Grown(bounded, pool.client, pool.Namespace, known, progress(ctx))
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		p.GetLogger(ctx).Warning(fmt.Sprintf("%s does not run, and its storage may let volumes grow only when a pod mounts them, "+
			"so that is looked at again when it starts: %v", pool.StatefulSet, err))
		return true, nil
	}
	if err != nil {
		return true, unfinished(ctx, err)
	}
	return false, nil
}

// seen gives brokers time to see their volumes as large as these, and tells whether they have
// yet to. That keeps nothing shut: a claim of a folder may ask for more than its disk has.
func (c Capacity) seen(ctx context.Context, at Place, volumes map[int32]int64) (pending bool, err error) {
	admin, end, err := c.connect(ctx, at, patience)
	if err == nil {
		defer end()
		bounded, over := context.WithTimeout(ctx, patience)
		defer over()
		err = ops.AwaitVolumes(bounded, admin, volumes, progress(ctx))
	}
	if err != nil && ctx.Err() == nil {
		p.GetLogger(ctx).Warning(fmt.Sprintf("Kubernetes says that the volumes of %s have grown, and its brokers have yet to; "+
			"the next up looks again: %v", at.StatefulSet, err))
		return true, nil
	}
	if err != nil {
		return true, unfinished(ctx, err)
	}
	return false, nil
}

// grew are the brokers that run and whose volumes have become larger since the gate last opened,
// or may have, by what those shall have. Others are not asked: volumes that cannot grow, as most
// that are folders, may have a disk that is smaller than what their claims asked for.
func (c CapacityArgs) grew(old CapacityState, before []corev1.PersistentVolumeClaim, sizes map[string]resource.Quantity, members []int32) map[int32]int64 {
	larger := map[string]bool{}
	for i := range before {
		_, larger[before[i].Name] = storage.Short(&before[i], sizes[before[i].Name])
	}
	for name, text := range old.Sizes {
		if was, err := resource.ParseQuantity(text); err == nil && was.Cmp(sizes[name]) < 0 {
			larger[name] = true
		}
	}
	volumes := map[int32]int64{}
	for name, id := range c.Brokers {
		if size, known := sizes[name]; known && (old.Pending || larger[name]) && slices.Contains(members, id) {
			volumes[id] = size.Value()
		}
	}
	return volumes
}

// look finds the pool and its claims, for who is not there to wait.
func (c Capacity) look(ctx context.Context, args CapacityArgs, sizes map[string]resource.Quantity) (*pool, []corev1.PersistentVolumeClaim, error) {
	ctx, over := context.WithTimeout(ctx, glance)
	defer over()
	pool, err := c.pool(ctx, args.Place, glance)
	if err != nil {
		return nil, nil, err
	}
	there, err := pool.claims(ctx, maps.Keys(sizes))
	return pool, there, err
}

// preview says which volumes would grow.
func (c Capacity) preview(ctx context.Context, args CapacityArgs) error {
	sizes, err := args.wanted()
	if err != nil {
		return err
	}
	log := p.GetLogger(ctx)
	pool, there, err := c.look(ctx, args, sizes)
	if err != nil {
		log.Warning(fmt.Sprintf("which volumes would grow is not known: %v", err))
		return nil
	}
	lines := growth(there, sizes)
	for _, line := range lines {
		log.Info(line)
	}
	if len(lines) > 0 && pool.rests() {
		log.Info(args.StatefulSet + " does not run: what grows only when a pod mounts it is not waited for")
	}
	return nil
}

// growth is what claims have and shall have, a line each.
func growth(claims []corev1.PersistentVolumeClaim, sizes map[string]resource.Quantity) []string {
	var lines []string
	for i := range claims {
		size := sizes[claims[i].Name]
		if has, short := storage.Short(&claims[i], size); short {
			lines = append(lines, fmt.Sprintf("%s: %s to %s", claims[i].Name, has.String(), size.String()))
		}
	}
	return lines
}

// Read tells what a refresh finds; see Rollout.Read. Brokers are not asked: what they see follows.
func (c Capacity) Read(ctx context.Context, req infer.ReadRequest[CapacityArgs, CapacityState]) (infer.ReadResponse[CapacityArgs, CapacityState], error) {
	found := infer.ReadResponse[CapacityArgs, CapacityState](req)
	args := req.Inputs
	if args.StatefulSet == "" {
		return found, errNoImport
	}
	sizes, err := args.wanted()
	if err != nil {
		return found, err
	}
	pool, there, err := c.look(ctx, args, sizes)
	if err != nil {
		unseen(ctx, err)
		return found, nil
	}
	if pool.rests() {
		return found, nil
	}
	var reasons []string
	for i := range there {
		wait, err := storage.Growing(&there[i], sizes[there[i].Name])
		if err != nil {
			wait = err.Error()
		}
		if wait != "" {
			reasons = append(reasons, wait)
		}
	}
	if len(reasons) > 0 {
		return found, infer.ResourceInitFailedError{Reasons: reasons}
	}
	return found, nil
}
