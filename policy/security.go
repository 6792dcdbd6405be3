package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// podSecurity is Kubernetes' Pod Security Standard restricted, as far as a pod of ours
// could break it. The admission controller of the cluster has the last word; this one
// speaks before anything changes, and brings no Kubernetes module along.
// https://kubernetes.io/docs/concepts/security/pod-security-standards/
func podSecurity(v view) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		for _, p := range c.pools {
			for _, problem := range podProblems(p.pod) {
				found = append(found, review.Finding{Resource: p.step.String(), Problem: problem})
			}
		}
	}
	return append(found, v.eachContainer(func(p pool, container map[string]any) []string {
		if v.handsOver(p, container) {
			return handOverProblems(container)
		}
		return containerProblems(p.pod, container)
	})...)
}

// volumes that restricted allows.
var volumes = []string{"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret", "image"}

func podProblems(pod map[string]any) []string {
	var problems []string
	for _, key := range []string{"hostNetwork", "hostPID", "hostIPC"} {
		if pod[key] == true {
			problems = append(problems, key+" is true")
		}
	}
	for _, item := range list(pod["volumes"]) {
		volume := walk.Object(item)
		for kind := range volume {
			if kind != "name" && !slices.Contains(volumes, kind) {
				problems = append(problems, fmt.Sprintf("volume %s is of type %s", text(volume["name"]), kind))
			}
		}
	}
	if list(walk.At(pod, "securityContext", "sysctls")) != nil {
		problems = append(problems, "securityContext.sysctls is set")
	}
	slices.Sort(problems)
	return problems
}

// containerProblems are what restricted has against a container. What it leaves open,
// the pod decides.
func containerProblems(pod, container map[string]any) []string {
	problems := commonProblems(pod, container)
	setting := func(key string) any {
		if own := walk.At(container, "securityContext", key); own != nil {
			return own
		}
		return walk.At(pod, "securityContext", key)
	}
	if setting("runAsNonRoot") != true {
		problems = append(problems, "securityContext.runAsNonRoot is not true")
	}
	if user, ok := setting("runAsUser").(float64); ok && user == 0 {
		problems = append(problems, "securityContext.runAsUser is 0")
	}
	for _, capability := range list(walk.At(container, "securityContext", "capabilities", "add")) {
		if text(capability) != "NET_BIND_SERVICE" {
			problems = append(problems, fmt.Sprintf("securityContext.capabilities.add has %v", capability))
		}
	}
	return problems
}

// commonProblems are those that the hand-over of a hostPath must not have either.
func commonProblems(pod, container map[string]any) []string {
	var problems []string
	security := walk.Object(container["securityContext"])
	if security["privileged"] == true {
		problems = append(problems, "securityContext.privileged is true")
	}
	if security["allowPrivilegeEscalation"] != false {
		problems = append(problems, "securityContext.allowPrivilegeEscalation is not false")
	}
	if !slices.Contains(list(walk.At(security, "capabilities", "drop")), any("ALL")) {
		problems = append(problems, "securityContext.capabilities.drop has no ALL")
	}
	seccomp := walk.At(security, "seccompProfile", "type")
	if seccomp == nil {
		seccomp = walk.At(pod, "securityContext", "seccompProfile", "type")
	}
	if seccomp != "RuntimeDefault" && seccomp != "Localhost" {
		problems = append(problems, "securityContext.seccompProfile is neither RuntimeDefault nor Localhost")
	}
	if mount := text(security["procMount"]); mount != "" && mount != "Default" {
		problems = append(problems, "securityContext.procMount is "+mount)
	}
	for _, item := range list(container["ports"]) {
		if port, ok := walk.Object(item)["hostPort"].(float64); ok && port != 0 {
			problems = append(problems, fmt.Sprintf("hostPort %d", int(port)))
		}
	}
	return problems
}

// handsOver reports whether the container is the one exception: with a hostPath volume
// an init step makes the pod's directory, as root, since Kubernetes hands such volumes
// over to nobody.
func (v view) handsOver(p pool, container map[string]any) bool {
	if text(container["name"]) != "prepare" || !slices.ContainsFunc(list(p.pod["initContainers"]), func(item any) bool {
		return text(walk.Object(item)["name"]) == "prepare"
	}) {
		return false
	}
	return slices.ContainsFunc(v.plan.OfType("kubernetes:core/v1:PersistentVolume"), func(s review.Step) bool {
		return walk.At(s.New, "spec", "hostPath") != nil
	})
}

// rights that the hand-over needs: to make a directory in one that is not its own, and
// to give it away.
var rights = []string{"CHOWN", "DAC_OVERRIDE", "FOWNER"}

func handOverProblems(container map[string]any) []string {
	problems := commonProblems(nil, container)
	for _, capability := range list(walk.At(container, "securityContext", "capabilities", "add")) {
		if !slices.Contains(rights, text(capability)) {
			problems = append(problems, fmt.Sprintf("securityContext.capabilities.add has %v, beyond %s", capability, strings.Join(rights, ", ")))
		}
	}
	return problems
}
