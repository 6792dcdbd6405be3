package manifests

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// violations asks Kubernetes' own admission checks, in their latest version.
func violations(t *testing.T, level api.Level, template corev1.PodTemplateSpec) []string {
	t.Helper()
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	require.NoError(t, err)
	found := []string{}
	for _, result := range evaluator.EvaluatePod(api.LevelVersion{Level: level, Version: api.LatestVersion()}, &template.ObjectMeta, &template.Spec) {
		if !result.Allowed {
			found = append(found, fmt.Sprintf("%s: %s", result.ForbiddenReason, result.ForbiddenDetail))
		}
	}
	return found
}

// handOver is all that a pod on the shared hostPath volume does beyond restricted: one
// init step is root, with what it takes to make a directory and to give it away.
var handOver = []string{
	`unrestricted capabilities: container "prepare" must not include "CHOWN", "DAC_OVERRIDE", "FOWNER" in securityContext.capabilities.add`,
	`runAsNonRoot != true: container "prepare" must not set securityContext.runAsNonRoot=false`,
	`runAsUser=0: container "prepare" must not set runAsUser=0`,
}

func TestPodSecurity(t *testing.T) {
	for name, v := range variations {
		t.Run(name, func(t *testing.T) {
			objects := v.render(t)
			for _, stateful := range all[*appsv1.StatefulSet](objects) {
				template := stateful.Spec.Template
				if !v.shared {
					assert.Empty(t, violations(t, api.LevelRestricted, template), what(stateful))
					continue
				}
				assert.Equal(t, handOver, violations(t, api.LevelRestricted, template), what(stateful))
				assert.Empty(t, violations(t, api.LevelBaseline, template), what(stateful))
				require.Len(t, template.Spec.InitContainers, 1)
				template.Spec.InitContainers = nil
				assert.Empty(t, violations(t, api.LevelRestricted, template), "%s without its step as root", what(stateful))
			}
			// The namespace enforces the strictest standard that its pods fulfil.
			for _, namespace := range all[*corev1.Namespace](objects) {
				want := api.LevelRestricted
				if v.shared {
					want = api.LevelBaseline
				}
				assert.EqualValues(t, want, namespace.Labels[api.EnforceLevelLabel])
			}
		})
	}
}

// The judge is awake: whatever restricted forbids, it finds in our own pods.
func TestPodSecurityFails(t *testing.T) {
	yes := true
	for name, spoil := range map[string]func(*corev1.PodSpec){
		"root": func(pod *corev1.PodSpec) { root := int64(0); pod.Containers[0].SecurityContext.RunAsUser = &root },
		"maybe root": func(pod *corev1.PodSpec) {
			pod.SecurityContext = nil
			pod.Containers[0].SecurityContext.RunAsNonRoot = nil
		},
		"escalation":   func(pod *corev1.PodSpec) { pod.Containers[0].SecurityContext.AllowPrivilegeEscalation = &yes },
		"capabilities": func(pod *corev1.PodSpec) { pod.Containers[0].SecurityContext.Capabilities = nil },
		"seccomp": func(pod *corev1.PodSpec) {
			pod.SecurityContext = nil
			pod.Containers[0].SecurityContext.SeccompProfile = nil
		},
		"host network": func(pod *corev1.PodSpec) { pod.HostNetwork = true },
		"host port":    func(pod *corev1.PodSpec) { pod.Containers[0].Ports[0].HostPort = 9092 },
		"host path": func(pod *corev1.PodSpec) {
			pod.Volumes = append(pod.Volumes, corev1.Volume{Name: "x", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}})
		},
	} {
		t.Run(name, func(t *testing.T) {
			sets := all[*appsv1.StatefulSet](variations["ci"].render(t))
			spoil(&sets[0].Spec.Template.Spec)
			assert.Len(t, violations(t, api.LevelRestricted, sets[0].Spec.Template), 1)
		})
	}
	// One capability more is another violation than the known ones.
	sets := all[*appsv1.StatefulSet](variations["dev"].render(t))
	capabilities := sets[0].Spec.Template.Spec.InitContainers[0].SecurityContext.Capabilities
	capabilities.Add = slices.Insert(capabilities.Add, 0, "SYS_ADMIN")
	assert.NotEqual(t, handOver, violations(t, api.LevelRestricted, sets[0].Spec.Template))
	assert.NotEmpty(t, violations(t, api.LevelBaseline, sets[0].Spec.Template))
}
