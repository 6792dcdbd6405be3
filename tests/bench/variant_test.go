package bench_test

import (
	"fmt"
	"strings"

	appsv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apps/v1"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

const (
	isStack   = "stack ci as it is: pods in parallel, probes answered by the agent, startup asked every second"
	isDelayed = "the same program and image with Strimzi's default probes: no startup probe, readiness and liveness after 15 s, every 10 s, with 5 s to answer"
	isOrdered = "the same program and image with podManagementPolicy OrderedReady, Kubernetes' default; its controllers are ready as soon as the container runs, since the first one would wait for the second for ever"

	nameDelayed = "15 s probe delay"
	nameOrdered = "OrderedReady"
)

// change is what a variant does to a StatefulSet and its container.
type change func(name string, spec *appsv1.StatefulSetSpecArgs, kafka *corev1.ContainerArgs)

// variant is the program with each StatefulSet changed on its way to Kubernetes.
func variant(apply change) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		err := ctx.RegisterStackTransformation(func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			set, ok := args.Props.(*appsv1.StatefulSetArgs)
			if !ok {
				return nil
			}
			set.Spec = changed(args.Name, set.Spec, apply)
			return &pulumi.ResourceTransformationResult{Props: set, Opts: args.Opts}
		})
		if err != nil {
			return fmt.Errorf("transformation: %w", err)
		}
		return stacks.Program(ctx)
	}
}

// changed unpacks a StatefulSet's spec, lets it be changed, and packs it again. It knows the types that our components
// put there; with others it fails the type assertion, so that a variant never runs unchanged.
func changed(name string, input appsv1.StatefulSetSpecPtrInput, apply change) appsv1.StatefulSetSpecArgs {
	spec := input.(appsv1.StatefulSetSpecArgs)
	template := spec.Template.(corev1.PodTemplateSpecArgs)
	pod := template.Spec.(corev1.PodSpecArgs)
	containers := pod.Containers.(corev1.ContainerArray)
	kafka := containers[0].(corev1.ContainerArgs)
	apply(name, &spec, &kafka)
	containers[0] = kafka
	pod.Containers = containers
	template.Spec = pod
	spec.Template = template
	return spec
}

// delayed are the defaults of Strimzi's probes (Probe schema: initialDelaySeconds 15, timeoutSeconds 5, periodSeconds 10,
// failureThreshold 3), which go to the same addresses as ours.
func delayed(_ string, _ *appsv1.StatefulSetSpecArgs, kafka *corev1.ContainerArgs) {
	kafka.StartupProbe = nil
	for _, probe := range []*corev1.ProbePtrInput{&kafka.ReadinessProbe, &kafka.LivenessProbe} {
		slow := *(*probe).(*corev1.ProbeArgs)
		slow.InitialDelaySeconds, slow.PeriodSeconds = pulumi.Int(15), pulumi.Int(10)
		slow.TimeoutSeconds, slow.FailureThreshold = pulumi.Int(5), pulumi.Int(3)
		*probe = &slow
	}
}

// ordered makes pods start one after the other.
func ordered(name string, spec *appsv1.StatefulSetSpecArgs, kafka *corev1.ContainerArgs) {
	spec.PodManagementPolicy = pulumi.String("OrderedReady")
	if !strings.HasSuffix(name, "-controller") {
		return
	}
	kafka.StartupProbe = nil
	kafka.ReadinessProbe = &corev1.ProbeArgs{
		TcpSocket:     corev1.TCPSocketActionArgs{Port: pulumi.Int(topology.AgentPort)},
		PeriodSeconds: pulumi.Int(1),
	}
}
