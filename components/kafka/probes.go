package kafka

import (
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// The agent answers all probes, so that asking starts no process. Startup is
// asked every second: the pod is in service a second after Kafka is, and a log
// recovery of many minutes is no reason to start it over.

func (a *NodePoolArgs) startupProbe() *corev1.ProbeArgs {
	const period = 1 // second
	return a.probe(contract.PathStartup, period, a.Settings.Probes.Startup)
}

func (a *NodePoolArgs) livenessProbe() *corev1.ProbeArgs {
	p := a.Settings.Probes
	return a.probe(contract.PathLiveness, p.Period, p.Liveness)
}

func (a *NodePoolArgs) readinessProbe() *corev1.ProbeArgs {
	p := a.Settings.Probes
	const failures = 2 // one lost answer is no failure
	return a.probe(contract.PathReadiness, p.Period, failures*p.Period)
}

// probe fails for good after so many seconds of failures, rounded up to a period.
func (a *NodePoolArgs) probe(path string, period, seconds int) *corev1.ProbeArgs {
	return &corev1.ProbeArgs{
		HttpGet:          corev1.HTTPGetActionArgs{Path: pulumi.String(path), Port: pulumi.String(agentPortName)},
		PeriodSeconds:    pulumi.Int(period),
		TimeoutSeconds:   pulumi.Int(a.Settings.Probes.Timeout),
		FailureThreshold: pulumi.Int(max(1, (seconds+period-1)/period)),
		SuccessThreshold: pulumi.Int(1),
	}
}
