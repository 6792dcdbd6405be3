package manifests

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
)

// check is one thing that must be true of a stack's objects. It returns what is wrong.
type check func(v variation, s set) []string

// checks by name. Where kube-score has such a check among those that it runs by
// default, the name is kube-score's. Of those that concern kinds of objects that we
// have, these are left out:
//
//	container-image-pull-policy  wants Always. Our images are run by digest, so that
//	                             pulling again can bring nothing new, and with Always a
//	                             broker could not restart while the registry is away.
//	container-resources          also wants a limit of CPU, which makes Kafka slow
//	                             while there is time to spare; the rest of it is here.
//	service-type                 wants no NodePort at all; here: only where they are
//	                             asked for.
//	label-values                 is TestSchema's.
//	stable-version               is the strict scheme's, which knows no beta versions.
var checks = map[string]check{
	"container-resources":                                     containerResources,
	"container-ephemeral-storage-request-and-limit":           ephemeralStorage,
	"container-image-tag":                                     imageTag,
	"environment-variable-key-duplication":                    environment,
	"statefulset-has-poddisruptionbudget":                     disruptionBudget,
	"poddisruptionbudget-has-policy":                          budgetHasPolicy,
	"pod-networkpolicy":                                       networkPolicy,
	"networkpolicy-targets-pod":                               policyTargetsPod,
	"pod-probes":                                              probes,
	"pod-probes-identical":                                    probesDiffer,
	"container-security-context-user-group-id":                highUser,
	"container-security-context-privileged":                   privileged,
	"container-security-context-readonlyrootfilesystem":       readOnlyRoot,
	"service-targets-pod":                                     serviceTargetsPod,
	"service-type":                                            serviceType,
	"statefulset-has-host-podantiaffinity":                    antiAffinity,
	"pod-topology-spread-constraints":                         topologySpread,
	"statefulset-has-servicename":                             headlessService,
	"statefulset-pod-selector-labels-match-template-metadata": selectorMatches,

	// What kube-score does not ask.
	"names-are-unique":         namesUnique,
	"one-namespace":            oneNamespace,
	"no-token":                 noToken,
	"no-service-links":         noServiceLinks,
	"requests-within-limits":   requestsWithinLimits,
	"container-port-names":     portNames,
	"probe-ports-exist":        probePorts,
	"mounts-have-volumes":      mounts,
	"volumes-have-sources":     volumeSources,
	"service-ports-are-open":   servicePorts,
	"node-ports-are-unique":    nodePorts,
	"quorum-and-agent-inside":  inside,
	"shared-volume-one-node":   together,
	"budget-lets-nodes-drain":  budgetDrains,
	"claims-survive-scaling":   claimsRetained,
	"claims-are-there":         claimsThere,
	"pod-monitor-finds-metric": podMonitor,
}

// handsOver tells the one container that may be root, see TestPodSecurity.
func (v variation) handsOver(container corev1.Container) bool {
	return v.shared && container.Name == "prepare"
}

// containers runs a check over every container; its name is put before what is wrong.
func containers(v variation, s set, wrong func(variation, *appsv1.StatefulSet, corev1.Container) []string) []string {
	var found []string
	for _, stateful := range all[*appsv1.StatefulSet](s) {
		pod := stateful.Spec.Template.Spec
		for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
			for _, problem := range wrong(v, stateful, container) {
				found = append(found, what(stateful)+", container "+container.Name+": "+problem)
			}
		}
	}
	return found
}

// sets runs a check over every StatefulSet.
func sets(s set, wrong func(*appsv1.StatefulSet) []string) []string {
	var found []string
	for _, stateful := range all[*appsv1.StatefulSet](s) {
		for _, problem := range wrong(stateful) {
			found = append(found, what(stateful)+": "+problem)
		}
	}
	return found
}

func when(wrong bool, problem string, args ...any) []string {
	if wrong {
		return []string{fmt.Sprintf(problem, args...)}
	}
	return nil
}

// matches reports whether a selector finds a StatefulSet's pods, or one of them.
func matches(selector labels.Selector, stateful *appsv1.StatefulSet) bool {
	template := labels.Set(stateful.Spec.Template.Labels)
	if selector.Matches(template) {
		return true
	}
	for i := range int(*stateful.Spec.Replicas) {
		pod := labels.Merge(template, labels.Set{"statefulset.kubernetes.io/pod-name": fmt.Sprintf("%s-%d", stateful.Name, i)})
		if selector.Matches(pod) {
			return true
		}
	}
	return false
}

func selector(s *metav1.LabelSelector) labels.Selector {
	parsed, err := metav1.LabelSelectorAsSelector(s)
	if err != nil {
		return labels.Nothing()
	}
	return parsed
}

func containerResources(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		return slices.Concat(
			when(c.Resources.Requests.Cpu().IsZero(), "no request of CPU"),
			when(c.Resources.Requests.Memory().IsZero(), "no request of memory"),
			when(c.Resources.Limits.Memory().IsZero(), "no limit of memory"),
		)
	})
}

func ephemeralStorage(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		return slices.Concat(
			when(c.Resources.Requests.StorageEphemeral().IsZero(), "no request of ephemeral storage"),
			when(c.Resources.Limits.StorageEphemeral().IsZero(), "no limit of ephemeral storage"),
		)
	})
}

func requestsWithinLimits(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		var found []string
		for name, limit := range c.Resources.Limits {
			request := c.Resources.Requests[name]
			found = append(found, when(request.Cmp(limit) > 0, "requests more %s than its limit", name)...)
		}
		return found
	})
}

func imageTag(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		return when(!strings.Contains(c.Image, "@sha256:"), "image %q, which may change its meaning", c.Image)
	})
}

func environment(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		var found []string
		seen := map[string]bool{}
		for _, variable := range c.Env {
			found = append(found, when(seen[variable.Name], "%s is set twice", variable.Name)...)
			seen[variable.Name] = true
		}
		return found
	})
}

// A pod with two budgets cannot be evicted at all.
func disruptionBudget(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var budgets []string
		for _, budget := range all[*policyv1.PodDisruptionBudget](s) {
			if matches(selector(budget.Spec.Selector), stateful) {
				budgets = append(budgets, budget.Name)
			}
		}
		return when(len(budgets) != 1, "has the budgets %v, not exactly one", budgets)
	})
}

func budgetHasPolicy(_ variation, s set) []string {
	var found []string
	for _, budget := range all[*policyv1.PodDisruptionBudget](s) {
		most := budget.Spec.MaxUnavailable
		found = append(found, when(most == nil || *most != intstr.FromInt32(1), "%s: one pod at a time, and no more, may be away", what(budget))...)
	}
	return found
}

func budgetDrains(_ variation, s set) []string {
	var found []string
	for _, budget := range all[*policyv1.PodDisruptionBudget](s) {
		eviction := budget.Spec.UnhealthyPodEvictionPolicy
		found = append(found, when(eviction == nil || *eviction != policyv1.IfHealthyBudget, "%s: pods that are not ready are evicted although others are missing", what(budget))...)
	}
	return found
}

func networkPolicy(v variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		covered := slices.ContainsFunc(all[*networkingv1.NetworkPolicy](s), func(policy *networkingv1.NetworkPolicy) bool {
			return matches(selector(&policy.Spec.PodSelector), stateful) && slices.Contains(policy.Spec.PolicyTypes, networkingv1.PolicyTypeIngress)
		})
		return slices.Concat(
			when(!covered && !v.open, "no network policy covers its pods"),
			when(covered && v.open, "a network policy covers its pods, which nobody asked for"),
		)
	})
}

func policyTargetsPod(_ variation, s set) []string {
	var found []string
	for _, policy := range all[*networkingv1.NetworkPolicy](s) {
		targets := slices.ContainsFunc(all[*appsv1.StatefulSet](s), func(stateful *appsv1.StatefulSet) bool {
			return matches(selector(&policy.Spec.PodSelector), stateful)
		})
		found = append(found, when(!targets, "%s: targets no pod", what(policy))...)
	}
	return found
}

// inside: what speaks Raft could rewrite the cluster's metadata, and the agent tells of
// the cluster, so both are for the cluster's own pods.
func inside(v variation, s set) []string {
	if v.open {
		return nil
	}
	var found []string
	private := map[int32]int{9093: 0, 5001: 0}
	for _, policy := range all[*networkingv1.NetworkPolicy](s) {
		for _, rule := range policy.Spec.Ingress {
			found = append(found, when(len(rule.Ports) == 0, "%s: opens every port", what(policy))...)
			for _, port := range rule.Ports {
				if _, mine := private[port.Port.IntVal]; !mine {
					continue
				}
				private[port.Port.IntVal]++
				own := len(rule.From) > 0 && !slices.ContainsFunc(rule.From, func(peer networkingv1.NetworkPolicyPeer) bool {
					return peer.PodSelector == nil || peer.NamespaceSelector != nil || peer.IPBlock != nil || selector(peer.PodSelector).Empty()
				})
				found = append(found, when(!own, "%s: opens port %d to others", what(policy), port.Port.IntVal)...)
			}
		}
	}
	for port, rules := range private {
		found = append(found, when(rules == 0, "no policy lets the cluster's own pods reach port %d", port)...)
	}
	return found
}

func probes(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for _, c := range stateful.Spec.Template.Spec.Containers {
			for kind, probe := range map[string]*corev1.Probe{"startup": c.StartupProbe, "liveness": c.LivenessProbe, "readiness": c.ReadinessProbe} {
				found = append(found, when(probe == nil, "container %s has no %s probe", c.Name, kind)...)
				found = append(found, when(probe != nil && probe.Exec != nil, "container %s starts a process for its %s probe", c.Name, kind)...)
			}
		}
		return found
	})
}

func probesDiffer(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for _, c := range stateful.Spec.Template.Spec.Containers {
			same := c.LivenessProbe != nil && c.ReadinessProbe != nil && c.LivenessProbe.ProbeHandler.String() == c.ReadinessProbe.ProbeHandler.String()
			found = append(found, when(same, "container %s: what makes it unready would also restart it", c.Name)...)
		}
		return found
	})
}

func probePorts(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for _, c := range stateful.Spec.Template.Spec.Containers {
			for _, probe := range []*corev1.Probe{c.StartupProbe, c.LivenessProbe, c.ReadinessProbe} {
				if probe != nil && probe.HTTPGet != nil {
					found = append(found, when(!hasPort(c, probe.HTTPGet.Port), "container %s has no port %s for its probe", c.Name, probe.HTTPGet.Port.String())...)
				}
			}
		}
		return found
	})
}

func hasPort(c corev1.Container, port intstr.IntOrString) bool {
	return slices.ContainsFunc(c.Ports, func(have corev1.ContainerPort) bool {
		if port.Type == intstr.String {
			return have.Name == port.StrVal
		}
		return have.ContainerPort == port.IntVal
	})
}

func portNames(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		var found []string
		names, numbers := map[string]bool{}, map[int32]bool{}
		for _, port := range c.Ports {
			found = append(found, when(names[port.Name], "two ports are called %q", port.Name)...)
			found = append(found, when(numbers[port.ContainerPort], "port %d is there twice", port.ContainerPort)...)
			for _, reason := range validation.IsValidPortName(port.Name) {
				found = append(found, fmt.Sprintf("port %q: %s", port.Name, reason))
			}
			names[port.Name], numbers[port.ContainerPort] = true, true
		}
		return found
	})
}

const lowestUser = 10000 // below are users of nodes

func highUser(v variation, s set) []string {
	return containers(v, s, func(v variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		if v.handsOver(c) {
			return nil
		}
		security := c.SecurityContext
		return slices.Concat(
			when(security == nil || security.RunAsUser == nil || *security.RunAsUser < lowestUser, "no user of at least %d", lowestUser),
			when(security == nil || security.RunAsGroup == nil || *security.RunAsGroup < lowestUser, "no group of at least %d", lowestUser),
		)
	})
}

func privileged(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		return when(c.SecurityContext == nil || c.SecurityContext.Privileged != nil && *c.SecurityContext.Privileged, "is privileged")
	})
}

func readOnlyRoot(v variation, s set) []string {
	return containers(v, s, func(_ variation, _ *appsv1.StatefulSet, c corev1.Container) []string {
		security := c.SecurityContext
		return when(security == nil || security.ReadOnlyRootFilesystem == nil || !*security.ReadOnlyRootFilesystem, "its root file system can be written to")
	})
}

func serviceTargetsPod(_ variation, s set) []string {
	var found []string
	for _, service := range all[*corev1.Service](s) {
		targets := slices.ContainsFunc(all[*appsv1.StatefulSet](s), func(stateful *appsv1.StatefulSet) bool {
			// A stopped set has no pod 0, but its service waits for one.
			running := stateful.DeepCopy()
			many := int32(100)
			running.Spec.Replicas = &many
			return len(service.Spec.Selector) > 0 && matches(labels.SelectorFromSet(service.Spec.Selector), running)
		})
		found = append(found, when(!targets, "%s: targets no pod", what(service))...)
	}
	return found
}

// servicePorts: behind every port of a service, some container listens.
func servicePorts(_ variation, s set) []string {
	var found []string
	for _, service := range all[*corev1.Service](s) {
		for _, port := range service.Spec.Ports {
			open := slices.ContainsFunc(all[*appsv1.StatefulSet](s), func(stateful *appsv1.StatefulSet) bool {
				return slices.ContainsFunc(stateful.Spec.Template.Spec.Containers, func(c corev1.Container) bool { return hasPort(c, port.TargetPort) })
			})
			found = append(found, when(!open, "%s: no container listens on %s", what(service), port.TargetPort.String())...)
		}
	}
	return found
}

func serviceType(v variation, s set) []string {
	var found []string
	for _, service := range all[*corev1.Service](s) {
		outside := service.Spec.Type != "" && service.Spec.Type != corev1.ServiceTypeClusterIP
		found = append(found, when(outside && (!v.nodePort || service.Spec.Type != corev1.ServiceTypeNodePort), "%s: is open to the outside as %s", what(service), service.Spec.Type)...)
	}
	return found
}

func nodePorts(_ variation, s set) []string {
	var found []string
	seen := map[int32]bool{}
	for _, service := range all[*corev1.Service](s) {
		for _, port := range service.Spec.Ports {
			found = append(found, when(port.NodePort != 0 && seen[port.NodePort], "%s: node port %d is there twice", what(service), port.NodePort)...)
			seen[port.NodePort] = true
		}
	}
	return found
}

func antiAffinity(v variation, s set) []string {
	if v.anywhere || v.shared {
		return nil
	}
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		affinity := stateful.Spec.Template.Spec.Affinity
		if affinity == nil || affinity.PodAntiAffinity == nil {
			return []string{"nothing keeps its pods apart"}
		}
		terms := slices.Clone(affinity.PodAntiAffinity.RequiredDuringSchedulingIgnoredDuringExecution)
		for _, weighted := range affinity.PodAntiAffinity.PreferredDuringSchedulingIgnoredDuringExecution {
			terms = append(terms, weighted.PodAffinityTerm)
		}
		apart := slices.ContainsFunc(terms, func(term corev1.PodAffinityTerm) bool {
			return term.TopologyKey == corev1.LabelHostname && matches(selector(term.LabelSelector), stateful)
		})
		return when(!apart, "nothing keeps its pods on different nodes")
	})
}

func topologySpread(v variation, s set) []string {
	if v.anywhere || v.shared {
		return nil
	}
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		constraints := stateful.Spec.Template.Spec.TopologySpreadConstraints
		var found []string
		for _, constraint := range constraints {
			found = append(found, when(!matches(selector(constraint.LabelSelector), stateful), "a spread constraint counts pods that are not its own")...)
		}
		return append(found, when(len(constraints) == 0, "nothing spreads its pods over zones")...)
	})
}

// together: a hostPath is a directory of one node, and so is every pod that uses it.
func together(v variation, s set) []string {
	if !v.shared {
		return nil
	}
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		pod := stateful.Spec.Template.Spec
		bound := pod.NodeSelector[corev1.LabelHostname] != ""
		if affinity := pod.Affinity; affinity != nil && affinity.PodAffinity != nil {
			bound = bound || slices.ContainsFunc(affinity.PodAffinity.RequiredDuringSchedulingIgnoredDuringExecution, func(term corev1.PodAffinityTerm) bool {
				return term.TopologyKey == corev1.LabelHostname && matches(selector(term.LabelSelector), stateful)
			})
		}
		apart := pod.Affinity != nil && pod.Affinity.PodAntiAffinity != nil || len(pod.TopologySpreadConstraints) > 0
		return slices.Concat(
			when(!bound, "its pods may come to nodes that do not have the volume"),
			when(apart, "its pods shall be together, and apart"),
		)
	})
}

func headlessService(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		headless := slices.ContainsFunc(all[*corev1.Service](s), func(service *corev1.Service) bool {
			return service.Name == stateful.Spec.ServiceName && service.Namespace == stateful.Namespace &&
				service.Spec.ClusterIP == corev1.ClusterIPNone && matches(labels.SelectorFromSet(service.Spec.Selector), stateful)
		})
		return when(!headless, "no headless service %q gives its pods their names", stateful.Spec.ServiceName)
	})
}

// A selector that finds another set's pods would make both fight over them.
func selectorMatches(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for _, other := range all[*appsv1.StatefulSet](s) {
			finds := selector(stateful.Spec.Selector).Matches(labels.Set(other.Spec.Template.Labels))
			found = append(found, when(finds != (other == stateful), "its selector and the pods of %s: %v", other.Name, finds)...)
		}
		return found
	})
}

func namesUnique(_ variation, s set) []string {
	var found []string
	seen := map[string]bool{}
	for _, o := range s {
		found = append(found, when(seen[what(o)], "%s is there twice", what(o))...)
		seen[what(o)] = true
	}
	return found
}

func oneNamespace(_ variation, s set) []string {
	var found []string
	want := all[*appsv1.StatefulSet](s)[0].Namespace
	for _, o := range s {
		switch typed := o.(type) {
		case *corev1.Namespace:
			found = append(found, when(typed.Name != want, "makes the namespace %s, not %s", typed.Name, want)...)
		case *corev1.PersistentVolume:
			found = append(found, when(typed.Spec.ClaimRef == nil || typed.Spec.ClaimRef.Namespace != want, "%s: is for no claim of %s", what(typed), want)...)
		default:
			found = append(found, when(o.GetNamespace() != want, "%s: is in the namespace %q, not %s", what(o), o.GetNamespace(), want)...)
		}
	}
	return found
}

func noToken(_ variation, s set) []string {
	refuses := func(automount *bool) bool { return automount != nil && !*automount }
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		pod := stateful.Spec.Template.Spec
		account := slices.ContainsFunc(all[*corev1.ServiceAccount](s), func(account *corev1.ServiceAccount) bool {
			return account.Name == pod.ServiceAccountName && refuses(account.AutomountServiceAccountToken)
		})
		return slices.Concat(
			when(!refuses(pod.AutomountServiceAccountToken), "its pods get a token of the Kubernetes API"),
			when(!account, "no service account of its own that refuses tokens: %q", pod.ServiceAccountName),
		)
	})
}

func noServiceLinks(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		links := stateful.Spec.Template.Spec.EnableServiceLinks
		return when(links == nil || *links, "services write into its pods' environment")
	})
}

func mounts(v variation, s set) []string {
	return containers(v, s, func(_ variation, stateful *appsv1.StatefulSet, c corev1.Container) []string {
		volumes := map[string]bool{}
		for _, volume := range stateful.Spec.Template.Spec.Volumes {
			volumes[volume.Name] = true
		}
		for _, claim := range stateful.Spec.VolumeClaimTemplates {
			volumes[claim.Name] = true
		}
		var found []string
		paths := map[string]bool{}
		for _, mount := range c.VolumeMounts {
			found = append(found, when(!volumes[mount.Name], "mounts %q, which is no volume", mount.Name)...)
			found = append(found, when(paths[mount.MountPath], "mounts two volumes at %s", mount.MountPath)...)
			paths[mount.MountPath] = true
		}
		return found
	})
}

// volumeSources: what a volume names is among the objects.
func volumeSources(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for _, volume := range stateful.Spec.Template.Spec.Volumes {
			if volume.ConfigMap != nil {
				there := slices.ContainsFunc(all[*corev1.ConfigMap](s), func(c *corev1.ConfigMap) bool { return c.Name == volume.ConfigMap.Name })
				found = append(found, when(!there, "no ConfigMap %q", volume.ConfigMap.Name)...)
			}
			if volume.PersistentVolumeClaim != nil {
				there := slices.ContainsFunc(all[*corev1.PersistentVolumeClaim](s), func(c *corev1.PersistentVolumeClaim) bool {
					return c.Name == volume.PersistentVolumeClaim.ClaimName
				})
				found = append(found, when(!there, "no claim %q", volume.PersistentVolumeClaim.ClaimName)...)
			}
		}
		return found
	})
}

func claimsRetained(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		policy := stateful.Spec.PersistentVolumeClaimRetentionPolicy
		return when(len(stateful.Spec.VolumeClaimTemplates) > 0 && (policy == nil ||
			policy.WhenScaled != appsv1.RetainPersistentVolumeClaimRetentionPolicyType || policy.WhenDeleted != appsv1.RetainPersistentVolumeClaimRetentionPolicyType),
			"stopping or deleting it would delete its claims")
	})
}

// claimsThere: a StatefulSet makes no claim that is there under its name. It is what the
// StatefulSet would have made, but for the size that it may have grown to.
func claimsThere(_ variation, s set) []string {
	return sets(s, func(stateful *appsv1.StatefulSet) []string {
		var found []string
		for i := range int(*stateful.Spec.Replicas) {
			for _, template := range stateful.Spec.VolumeClaimTemplates {
				name := fmt.Sprintf("%s-%s-%d", template.Name, stateful.Name, i)
				at := slices.IndexFunc(all[*corev1.PersistentVolumeClaim](s), func(c *corev1.PersistentVolumeClaim) bool { return c.Name == name })
				if at < 0 {
					found = append(found, "it would make "+name+" itself")
					continue
				}
				claim := all[*corev1.PersistentVolumeClaim](s)[at].DeepCopy()
				want := labels.Merge(template.Labels, stateful.Spec.Selector.MatchLabels)
				found = append(found, when(!labels.Equals(want, claim.Labels), "%s has other labels than it would give", name)...)
				found = append(found, when(claim.Spec.Resources.Requests.Storage().Cmp(*template.Spec.Resources.Requests.Storage()) < 0, "%s is smaller than it would be", name)...)
				claim.Spec.Resources = template.Spec.Resources
				found = append(found, when(!reflect.DeepEqual(claim.Spec, template.Spec), "%s is another than it would make", name)...)
			}
		}
		return found
	})
}

func podMonitor(_ variation, s set) []string {
	var found []string
	for _, monitor := range all[*monitoringv1.PodMonitor](s) {
		for _, stateful := range all[*appsv1.StatefulSet](s) {
			for _, endpoint := range monitor.Spec.PodMetricsEndpoints {
				port := ""
				if endpoint.Port != nil {
					port = *endpoint.Port
				}
				open := slices.ContainsFunc(stateful.Spec.Template.Spec.Containers, func(c corev1.Container) bool { return hasPort(c, intstr.FromString(port)) })
				found = append(found, when(!open || !matches(selector(&monitor.Spec.Selector), stateful), "%s: does not find port %q of %s", what(monitor), port, stateful.Name)...)
			}
		}
	}
	return found
}

func TestChecks(t *testing.T) {
	for name, v := range variations {
		t.Run(name, func(t *testing.T) {
			objects := v.render(t)
			for id, wrong := range checks {
				assert.Empty(t, wrong(v, objects), id)
			}
			// The variations are what they are meant to be.
			assert.Equal(t, v.watched || v.keys["podMonitor"] == "true", len(all[*monitoringv1.PodMonitor](objects)) == 1)
			assert.Equal(t, v.watched, len(all[*monitoringv1.PrometheusRule](objects)) == 1)
			assert.Equal(t, v.shared, len(all[*corev1.PersistentVolume](objects)) == 1)
			require.Equal(t, v.open, len(all[*networkingv1.NetworkPolicy](objects)) == 0)
		})
	}
}
