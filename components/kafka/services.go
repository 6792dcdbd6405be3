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

// services makes those in front of pods, and returns those that pods need before they
// start.
func (m *making) services() ([]pulumi.Resource, error) {
	all := m.Plan.Labels()
	brokers := kube.With(all, kube.RoleLabels(topology.Broker))

	var inside, start corev1.ServicePortArray
	for _, l := range m.Plan.Listeners {
		if l.Inside() {
			inside = append(inside, servicePort(l, 0))
		}
		if l.Exposure.Type == topology.ClusterIP {
			start = append(start, servicePort(l, 0))
		}
	}
	headless, err := m.service(m.name+"-headless", m.Plan.Headless, corev1.ServiceSpecArgs{
		ClusterIP: pulumi.String("None"),
		Selector:  pulumi.ToStringMap(all),
		Ports:     inside,
		// A voter must be found by the others before any of them is ready.
		PublishNotReadyAddresses: pulumi.Bool(true),
	})
	if err != nil {
		return nil, err
	}
	if _, err := m.service(m.name+"-bootstrap", m.Plan.Bootstrap, corev1.ServiceSpecArgs{
		Type:     pulumi.String("ClusterIP"),
		Selector: pulumi.ToStringMap(brokers),
		Ports:    start,
	}); err != nil {
		return nil, err
	}
	outside, err := m.nodePortServices(brokers)
	if err != nil {
		return nil, err
	}
	return append([]pulumi.Resource{headless}, outside...), nil
}

// nodePortServices opens, for each listener that is exposed so, one NodePort to start
// from and one for every pod.
func (m *making) nodePortServices(brokers map[string]string) ([]pulumi.Resource, error) {
	services := m.Plan.NodePortServices()
	if len(services) == 0 {
		return nil, nil
	}
	move, err := m.moving()
	if err != nil {
		return nil, fmt.Errorf("NodePorts of %s: %w", m.Plan.Name, err)
	}
	var made []pulumi.Resource
	for _, s := range services {
		logical := m.logical(s.Name)
		spec := corev1.ServiceSpecArgs{
			Type:                     pulumi.String("NodePort"),
			Selector:                 pulumi.ToStringMap(brokers),
			PublishNotReadyAddresses: pulumi.Bool(false),
			Ports:                    corev1.ServicePortArray{servicePort(s.Listener, s.Port)},
		}
		options := []pulumi.ResourceOption{move}
		if s.Pod != "" {
			spec.Selector = pulumi.ToStringMap(map[string]string{"statefulset.kubernetes.io/pod-name": s.Pod})
			// Whoever asks for this very broker knows from Kafka that it leads a partition, and
			// nobody else can answer. Inside, the headless service does the same.
			spec.PublishNotReadyAddresses = pulumi.Bool(true)
			options = append(options, formerly(logical, s.Name))
		}
		opened, err := m.service(logical, s.Name, spec, options...)
		if err != nil {
			return nil, err
		}
		made = append(made, opened)
	}
	return made, nil
}

func (m *making) service(logical, name string, spec corev1.ServiceSpecArgs, options ...pulumi.ResourceOption) (*corev1.Service, error) {
	service, err := corev1.NewService(m.ctx, logical, &corev1.ServiceArgs{
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(name),
			Namespace:   m.namespace,
			Labels:      pulumi.ToStringMap(m.Plan.Labels()),
			Annotations: pulumi.ToStringMap(skipAwait),
		},
		Spec: spec,
	}, append(options, m.child)...)
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
