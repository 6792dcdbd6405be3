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

type services struct {
	first []pulumi.Resource // what pods need before they start
}

type servicePort struct {
	name     string
	port     int
	nodePort int // 0: none
}

func newServices(ctx *pulumi.Context, name string, args *ClusterArgs, child pulumi.ResourceOption) (*services, error) {
	plan := args.Plan
	all := kube.Labels(plan.Name)
	brokers := kube.With(all, map[string]string{kube.BrokerLabel: "true"})

	headless, err := newService(ctx, name+"-headless", plan.Headless, args, corev1.ServiceSpecArgs{
		ClusterIP: pulumi.String("None"),
		Selector:  pulumi.ToStringMap(all),
		Ports: servicePorts([]servicePort{
			{name: "client", port: topology.ClientPort},
			{name: "controller", port: topology.ControllerPort},
		}),
		// A voter must be found by the others before any of them is ready.
		PublishNotReadyAddresses: pulumi.Bool(true),
	}, child)
	if err != nil {
		return nil, err
	}
	if _, err := newService(ctx, name+"-bootstrap", plan.Bootstrap, args, corev1.ServiceSpecArgs{
		Type:     pulumi.String("ClusterIP"),
		Selector: pulumi.ToStringMap(brokers),
		Ports:    servicePorts([]servicePort{{name: "client", port: topology.ClientPort}}),
	}, child); err != nil {
		return nil, err
	}
	made := &services{first: []pulumi.Resource{headless}}
	if plan.External.Enabled() {
		external, err := newExternalServices(ctx, name, args, brokers, child)
		if err != nil {
			return nil, err
		}
		made.first = append(made.first, external...)
	}
	return made, nil
}

// newExternalServices opens one NodePort to start from and one for every broker.
// Their numbers are computed, so that a broker knows what to advertise without
// asking Kubernetes.
func newExternalServices(ctx *pulumi.Context, name string, args *ClusterArgs, brokers map[string]string, child pulumi.ResourceOption) ([]pulumi.Resource, error) {
	plan := args.Plan
	move, err := moving(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("NodePorts of %s: %w", plan.Name, err)
	}
	var made []pulumi.Resource
	open := func(logical, service string, selector map[string]string, nodePort int, always bool, options ...pulumi.ResourceOption) error {
		opened, err := newService(ctx, logical, service, args, corev1.ServiceSpecArgs{
			Type:                     pulumi.String("NodePort"),
			Selector:                 pulumi.ToStringMap(selector),
			PublishNotReadyAddresses: pulumi.Bool(always),
			Ports:                    servicePorts([]servicePort{{name: "external", port: topology.ExternalPort, nodePort: nodePort}}),
		}, append(options, child, move)...)
		made = append(made, opened)
		return err
	}
	if err := open(name+"-external", plan.Name+"-external", brokers, plan.External.BasePort, false); err != nil {
		return nil, err
	}
	for i, pod := range plan.BrokerPods() {
		selector := map[string]string{"statefulset.kubernetes.io/pod-name": pod}
		// Whoever asks for this very broker knows from Kafka that it leads a partition, and
		// nobody else can answer. Inside, the headless service does the same.
		const always = true
		logical, service := args.logical(name, pod)+"-external", pod+"-external"
		if err := open(logical, service, selector, plan.External.BrokerPort(i), always, formerly(logical, service)); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func newService(ctx *pulumi.Context, logical, name string, args *ClusterArgs, spec corev1.ServiceSpecArgs, options ...pulumi.ResourceOption) (*corev1.Service, error) {
	service, err := corev1.NewService(ctx, logical, &corev1.ServiceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(name),
			Namespace:   args.Namespace,
			Labels:      pulumi.ToStringMap(kube.Labels(args.Plan.Name)),
			Annotations: pulumi.ToStringMap(skipAwait),
		},
		Spec: spec,
	}, options...)
	if err != nil {
		return nil, fmt.Errorf("service %s: %w", name, err)
	}
	return service, nil
}

func servicePorts(ports []servicePort) corev1.ServicePortArray {
	var result corev1.ServicePortArray
	for _, p := range ports {
		port := corev1.ServicePortArgs{
			Name: pulumi.String(p.name), Port: pulumi.Int(p.port), TargetPort: pulumi.Int(p.port), Protocol: pulumi.String("TCP"),
		}
		if p.nodePort != 0 {
			port.NodePort = pulumi.Int(p.nodePort)
		}
		result = append(result, port)
	}
	return result
}
