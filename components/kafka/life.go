package kafka

import (
	"fmt"
	"strconv"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// LifeArgs are the signs of life of a cluster.
type LifeArgs struct {
	// Plan is that of the cluster.
	Plan topology.Plan `pulumi:"plan"`
	// Namespace, if given, is the plan's, from the resource that makes it.
	Namespace pulumi.StringInput `pulumi:"namespace,optional"`
	// AcceptLoss is what is given up, see Args.
	AcceptLoss []string `pulumi:"acceptLoss,optional"`
}

// NewLife tells the pods what their volumes cannot know when they are lost: that the
// cluster has lived, and what of it was given up on purpose. And it tells of controllers that
// came later, of which their configuration knows nothing. Pods see a change of it
// without being restarted. The first time it has to come after all pools (with
// pulumi.DependsOn), and later before them, since they may wait for a word.
func NewLife(ctx *pulumi.Context, name string, args *LifeArgs, opts ...pulumi.ResourceOption) (*corev1.ConfigMap, error) {
	if args == nil {
		return nil, fmt.Errorf("signs of life %q: arguments are missing", name)
	}
	made, err := corev1.NewConfigMap(ctx, name, &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(args.Plan.Life()),
			Namespace: kube.Namespace(args.Plan.Namespace, args.Namespace),
			Labels:    pulumi.ToStringMap(args.Plan.Labels()),
		},
		Data: args.data(),
	}, opts...)
	if err != nil {
		return nil, fmt.Errorf("signs of life of %s: %w", args.Plan.Name, err)
	}
	return made, nil
}

func (a *LifeArgs) data() pulumi.StringMap {
	data := pulumi.StringMap{
		contract.LifeLived:      pulumi.String("true"),
		contract.LifeAcceptLoss: pulumi.String(strings.Join(a.AcceptLoss, " ")),
	}
	if len(a.Plan.Added()) > 0 {
		var ids []string
		for _, controller := range a.Plan.Controllers() {
			ids = append(ids, strconv.Itoa(controller.NodeID))
		}
		data[contract.LifeControllers] = pulumi.String(strings.Join(ids, " "))
	}
	return data
}

// life makes the signs of life unless the program does. Who gives something up has a
// cluster that lived, and pods that wait to hear of it.
func (m *making) life(c *Cluster) error {
	if m.OwnLife {
		return nil
	}
	options := []pulumi.ResourceOption{m.child}
	if len(m.AcceptLoss) == 0 {
		for _, pool := range c.Pools {
			options = append(options, pulumi.DependsOn([]pulumi.Resource{pool.Ready}))
		}
	}
	_, err := NewLife(m.ctx, m.name+"-life", &LifeArgs{Plan: m.Plan, Namespace: m.namespace, AcceptLoss: m.AcceptLoss}, options...)
	return err
}
