package kafka

import (
	"fmt"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/components/internal/kube"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// skipAwait keeps Pulumi from waiting until a service has ready pods, which a
// stopped cluster never has. Readiness is the StatefulSets' business.
var skipAwait = map[string]string{"pulumi.com/skipAwait": "true"}

// newServices makes the services in front of pods, and returns those that pods need
// before they start.
func newServices(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) ([]pulumi.Resource, error) {
	plan := args.Plan
	all := plan.Labels()
	brokers := kube.With(all, kube.RoleLabels(topology.Broker))

	var inside, start corev1.ServicePortArray
	for _, l := range plan.Listeners {
		if l.Inside() {
			inside = append(inside, servicePort(l, 0))
		}
		if l.Exposure.Type == topology.ClusterIP {
			start = append(start, servicePort(l, 0))
		}
	}
	headless, err := newService(ctx, name+"-headless", plan.Headless, args, corev1.ServiceSpecArgs{
		ClusterIP: pulumi.String("None"),
		Selector:  pulumi.ToStringMap(all),
		Ports:     inside,
		// A voter must be found by the others before any of them is ready.
		PublishNotReadyAddresses: pulumi.Bool(true),
	}, child)
	if err != nil {
		return nil, err
	}
	if _, err := newService(ctx, name+"-bootstrap", plan.Bootstrap, args, corev1.ServiceSpecArgs{
		Type:     pulumi.String("ClusterIP"),
		Selector: pulumi.ToStringMap(brokers),
		Ports:    start,
	}, child); err != nil {
		return nil, err
	}
	outside, err := newNodePortServices(ctx, name, args, brokers, child)
	if err != nil {
		return nil, err
	}
	return append([]pulumi.Resource{headless}, outside...), nil
}

// newNodePortServices opens, for each listener that is exposed so, one NodePort to start
// from and one for every pod.
func newNodePortServices(ctx *pulumi.Context, name string, args *ClusterArgs, brokers map[string]string, child pulumi.ResourceOption) ([]pulumi.Resource, error) {
	services := args.Plan.NodePortServices()
	if len(services) == 0 {
		return nil, nil
	}
	move, err := moving(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("NodePorts of %s: %w", args.Plan.Name, err)
	}
	var made []pulumi.Resource
	for _, s := range services {
		logical := args.logical(name, s.Name)
		spec := corev1.ServiceSpecArgs{
			Type:                     pulumi.String("NodePort"),
			Selector:                 pulumi.ToStringMap(brokers),
			PublishNotReadyAddresses: pulumi.Bool(false),
			Ports:                    corev1.ServicePortArray{servicePort(s.Listener, s.Port)},
		}
		options := []pulumi.ResourceOption{child, move}
		if s.Pod != "" {
			spec.Selector = pulumi.ToStringMap(map[string]string{"statefulset.kubernetes.io/pod-name": s.Pod})
			// Whoever asks for this very broker knows from Kafka that it leads a partition, and
			// nobody else can answer. Inside, the headless service does the same.
			spec.PublishNotReadyAddresses = pulumi.Bool(true)
			options = append(options, formerly(logical, s.Name))
		}
		opened, err := newService(ctx, logical, s.Name, args, spec, options...)
		if err != nil {
			return nil, err
		}
		made = append(made, opened)
	}
	return made, nil
}

func newService(ctx *pulumi.Context, logical, name string, args *ClusterArgs, spec corev1.ServiceSpecArgs, options ...pulumi.ResourceOption) (*corev1.Service, error) {
	service, err := corev1.NewService(ctx, logical, &corev1.ServiceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(name),
			Namespace:   args.namespace(),
			Labels:      pulumi.ToStringMap(args.Plan.Labels()),
			Annotations: pulumi.ToStringMap(skipAwait),
		},
		Spec: spec,
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("service %s: %w", name, err)
	}
	return service, nil
}

// servicePort leads to a listener; a nodePort of 0 is none.
func servicePort(l topology.Listener, nodePort int) corev1.ServicePortArgs {
	port := corev1.ServicePortArgs{
		Name: pulumi.String(l.PortName), Port: pulumi.Int(l.Port), TargetPort: pulumi.Int(l.Port), Protocol: pulumi.String("TCP"),
	}
	if nodePort != 0 {
		port.NodePort = pulumi.Int(nodePort)
	}
	return port
}
