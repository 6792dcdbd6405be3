package manifests

import (
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// first is the first object of a type.
func first[T object](s set) T { return all[T](s)[0] }

func pod(s set) *corev1.PodSpec { return &first[*appsv1.StatefulSet](s).Spec.Template.Spec }

func container(s set) *corev1.Container { return &pod(s).Containers[0] }

// without leaves the objects of a type out.
func without[T object](s set) set {
	var kept set
	for _, o := range s {
		if _, is := o.(T); !is {
			kept = append(kept, o)
		}
	}
	return kept
}

// spoiled breaks a good stack in one way each; the check of that name must see it.
var spoiled = map[string]map[string]func(set) set{
	"container-resources": {
		"no cpu":    func(s set) set { delete(container(s).Resources.Requests, "cpu"); return s },
		"no memory": func(s set) set { delete(container(s).Resources.Requests, "memory"); return s },
		"no limit":  func(s set) set { delete(container(s).Resources.Limits, "memory"); return s },
	},
	"container-ephemeral-storage-request-and-limit": {
		"no request": func(s set) set { delete(container(s).Resources.Requests, "ephemeral-storage"); return s },
		"no limit":   func(s set) set { delete(container(s).Resources.Limits, "ephemeral-storage"); return s },
	},
	"requests-within-limits": {
		"less than asked for": func(s set) set { container(s).Resources.Limits["memory"] = resource.MustParse("1Mi"); return s },
	},
	"container-image-tag": {
		"latest": func(s set) set { container(s).Image = "kafka:latest"; return s },
		"a tag":  func(s set) set { container(s).Image = "kafka:4.4.0"; return s },
	},
	"environment-variable-key-duplication": {
		"twice": func(s set) set { c := container(s); c.Env = append(c.Env, c.Env[0]); return s },
	},
	"statefulset-has-poddisruptionbudget": {
		"none": without[*policyv1.PodDisruptionBudget],
		"two":  func(s set) set { return append(s, first[*policyv1.PodDisruptionBudget](s).DeepCopy()) },
		"for another": func(s set) set {
			first[*policyv1.PodDisruptionBudget](s).Spec.Selector.MatchLabels["x"] = "y"
			return s
		},
	},
	"poddisruptionbudget-has-policy": {
		"none": func(s set) set { first[*policyv1.PodDisruptionBudget](s).Spec.MaxUnavailable = nil; return s },
		"two": func(s set) set {
			*first[*policyv1.PodDisruptionBudget](s).Spec.MaxUnavailable = intstr.FromInt32(2)
			return s
		},
	},
	"budget-lets-nodes-drain": {
		"default": func(s set) set {
			first[*policyv1.PodDisruptionBudget](s).Spec.UnhealthyPodEvictionPolicy = nil
			return s
		},
	},
	"pod-networkpolicy": {
		"none": without[*networkingv1.NetworkPolicy],
		"egress only": func(s set) set {
			for _, policy := range all[*networkingv1.NetworkPolicy](s) {
				policy.Spec.PolicyTypes = []networkingv1.PolicyType{networkingv1.PolicyTypeEgress}
			}
			return s
		},
	},
	"networkpolicy-targets-pod": {
		"nobody": func(s set) set {
			first[*networkingv1.NetworkPolicy](s).Spec.PodSelector.MatchLabels["x"] = "y"
			return s
		},
	},
	"quorum-and-agent-inside": {
		"open to all": func(s set) set {
			for _, policy := range all[*networkingv1.NetworkPolicy](s) {
				for i := range policy.Spec.Ingress {
					policy.Spec.Ingress[i].From = nil
				}
			}
			return s
		},
		"open to the namespace": func(s set) set {
			for _, policy := range all[*networkingv1.NetworkPolicy](s) {
				for i := range policy.Spec.Ingress {
					policy.Spec.Ingress[i].From = []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
				}
			}
			return s
		},
		"every port": func(s set) set { first[*networkingv1.NetworkPolicy](s).Spec.Ingress[0].Ports = nil; return s },
		"closed":     without[*networkingv1.NetworkPolicy],
	},
	"pod-probes": {
		"no startup":   func(s set) set { container(s).StartupProbe = nil; return s },
		"no liveness":  func(s set) set { container(s).LivenessProbe = nil; return s },
		"no readiness": func(s set) set { container(s).ReadinessProbe = nil; return s },
		"a process": func(s set) set {
			container(s).ReadinessProbe.ProbeHandler = corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: []string{"sh"}}}
			return s
		},
	},
	"pod-probes-identical": {
		"same": func(s set) set { container(s).ReadinessProbe = container(s).LivenessProbe; return s },
	},
	"probe-ports-exist": {
		"by name":   func(s set) set { container(s).LivenessProbe.HTTPGet.Port = intstr.FromString("health"); return s },
		"by number": func(s set) set { container(s).LivenessProbe.HTTPGet.Port = intstr.FromInt32(1); return s },
	},
	"container-port-names": {
		"same name":   func(s set) set { c := container(s); c.Ports[1].Name = c.Ports[0].Name; return s },
		"same number": func(s set) set { c := container(s); c.Ports[1].ContainerPort = c.Ports[0].ContainerPort; return s },
		"too long":    func(s set) set { container(s).Ports[0].Name = "a-name-that-is-too-long"; return s },
	},
	"container-security-context-user-group-id": {
		"low":     func(s set) set { *container(s).SecurityContext.RunAsUser = 1000; return s },
		"group":   func(s set) set { container(s).SecurityContext.RunAsGroup = nil; return s },
		"nothing": func(s set) set { container(s).SecurityContext = nil; return s },
	},
	"container-security-context-privileged": {
		"privileged": func(s set) set { yes := true; container(s).SecurityContext.Privileged = &yes; return s },
	},
	"container-security-context-readonlyrootfilesystem": {
		"writable": func(s set) set { *container(s).SecurityContext.ReadOnlyRootFilesystem = false; return s },
	},
	"service-targets-pod": {
		"nobody":   func(s set) set { first[*corev1.Service](s).Spec.Selector["x"] = "y"; return s },
		"anything": func(s set) set { first[*corev1.Service](s).Spec.Selector = nil; return s },
	},
	"service-ports-are-open": {
		"closed": func(s set) set { first[*corev1.Service](s).Spec.Ports[0].TargetPort = intstr.FromInt32(80); return s },
	},
	"service-type": {
		"load balancer": func(s set) set { first[*corev1.Service](s).Spec.Type = corev1.ServiceTypeLoadBalancer; return s },
	},
	"node-ports-are-unique": {
		"twice": func(s set) set {
			for _, service := range all[*corev1.Service](s) {
				service.Spec.Ports[0].NodePort = 30000
			}
			return s
		},
	},
	"statefulset-has-host-podantiaffinity": {
		"none":      func(s set) set { pod(s).Affinity = nil; return s },
		"by zone":   func(s set) set { affinity(s).TopologyKey = corev1.LabelTopologyZone; return s },
		"to others": func(s set) set { affinity(s).LabelSelector.MatchLabels["x"] = "y"; return s },
	},
	"pod-topology-spread-constraints": {
		"none":   func(s set) set { pod(s).TopologySpreadConstraints = nil; return s },
		"others": func(s set) set { pod(s).TopologySpreadConstraints[0].LabelSelector.MatchLabels["x"] = "y"; return s },
	},
	"statefulset-has-servicename": {
		"no such service": func(s set) set { first[*appsv1.StatefulSet](s).Spec.ServiceName = "x"; return s },
		"not headless": func(s set) set {
			for _, service := range all[*corev1.Service](s) {
				service.Spec.ClusterIP = ""
			}
			return s
		},
	},
	"statefulset-pod-selector-labels-match-template-metadata": {
		"not its own": func(s set) set { first[*appsv1.StatefulSet](s).Spec.Template.Labels = nil; return s },
		"another's, too": func(s set) set {
			delete(first[*appsv1.StatefulSet](s).Spec.Selector.MatchLabels, "app.kubernetes.io/component")
			return s
		},
	},
	"shared-volume-one-node": {}, // of another stack, see below
	"names-are-unique":       {"twice": func(s set) set { return append(s, s[0]) }},
	"one-namespace": {
		"elsewhere":       func(s set) set { first[*corev1.Service](s).Namespace = "default"; return s },
		"another is made": func(s set) set { first[*corev1.Namespace](s).Name = "default"; return s },
	},
	"no-token": {
		"pod":             func(s set) set { pod(s).AutomountServiceAccountToken = nil; return s },
		"account":         func(s set) set { *first[*corev1.ServiceAccount](s).AutomountServiceAccountToken = true; return s },
		"default account": func(s set) set { pod(s).ServiceAccountName = ""; return s },
	},
	"no-service-links": {"default": func(s set) set { pod(s).EnableServiceLinks = nil; return s }},
	"mounts-have-volumes": {
		"no volume": func(s set) set { container(s).VolumeMounts[0].Name = "x"; return s },
		"one place": func(s set) set { m := container(s).VolumeMounts; m[0].MountPath = m[1].MountPath; return s },
	},
	"volumes-have-sources": {"no ConfigMap": without[*corev1.ConfigMap]},
	"claims-survive-scaling": {
		"default": func(s set) set {
			first[*appsv1.StatefulSet](s).Spec.PersistentVolumeClaimRetentionPolicy = nil
			return s
		},
		"deleted": func(s set) set {
			first[*appsv1.StatefulSet](s).Spec.PersistentVolumeClaimRetentionPolicy.WhenScaled = appsv1.DeletePersistentVolumeClaimRetentionPolicyType
			return s
		},
		"deleted with it": func(s set) set {
			first[*appsv1.StatefulSet](s).Spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted = appsv1.DeletePersistentVolumeClaimRetentionPolicyType
			return s
		},
	},
	"claims-are-there": {
		"none":         without[*corev1.PersistentVolumeClaim],
		"other labels": func(s set) set { first[*corev1.PersistentVolumeClaim](s).Labels["x"] = "y"; return s },
		"smaller": func(s set) set {
			first[*corev1.PersistentVolumeClaim](s).Spec.Resources.Requests[corev1.ResourceStorage] = resource.MustParse("1Mi")
			return s
		},
		"other class": func(s set) set {
			class := "x"
			first[*corev1.PersistentVolumeClaim](s).Spec.StorageClassName = &class
			return s
		},
	},
	"pod-monitor-finds-metric": {
		"no port": func(s set) set {
			port := "http"
			first[*monitoringv1.PodMonitor](s).Spec.PodMetricsEndpoints[0].Port = &port
			return s
		},
		"no pod": func(s set) set { first[*monitoringv1.PodMonitor](s).Spec.Selector.MatchLabels["x"] = "y"; return s },
	},
}

func affinity(s set) *corev1.PodAffinityTerm {
	return &pod(s).Affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution[0].PodAffinityTerm
}

func TestChecksFail(t *testing.T) {
	v := variations["ci monitored"]
	good := v.render(t)
	for id, wrong := range checks {
		assert.Contains(t, spoiled, id, "nothing shows that it can fail")
		for how, spoil := range spoiled[id] {
			var fresh set
			for _, o := range good {
				fresh = append(fresh, o.DeepCopyObject().(object))
			}
			assert.NotEmpty(t, wrong(v, spoil(fresh)), "%s does not see: %s", id, how)
		}
	}
	for id := range spoiled {
		assert.Contains(t, checks, id)
	}
	// What is allowed by intent is only allowed where it is meant.
	assert.NotEmpty(t, checks["service-type"](variation{}, good), "node ports that nobody asked for")
	assert.NotEmpty(t, checks["pod-networkpolicy"](variation{open: true}, good), "policies that nobody asked for")
	shared := variations["dev"]
	objects := shared.render(t)
	pod(objects).Affinity, pod(objects).NodeSelector = nil, nil
	assert.NotEmpty(t, checks["shared-volume-one-node"](shared, objects), "pods on nodes without the volume")
	pod(objects).NodeSelector = map[string]string{corev1.LabelHostname: "a"}
	assert.Empty(t, checks["shared-volume-one-node"](shared, objects))
	pod(objects).TopologySpreadConstraints = []corev1.TopologySpreadConstraint{{}}
	assert.NotEmpty(t, checks["shared-volume-one-node"](shared, objects), "pods together and apart")
	shared.shared = false
	assert.NotEmpty(t, checks["container-security-context-user-group-id"](shared, objects), "root without a shared volume")
	assert.NotEmpty(t, checks["volumes-have-sources"](shared, without[*corev1.PersistentVolumeClaim](objects)), "a claim that is not there")
	first[*corev1.PersistentVolume](objects).Spec.ClaimRef.Namespace = "default"
	assert.NotEmpty(t, checks["one-namespace"](shared, objects), "a volume for another namespace")
}
