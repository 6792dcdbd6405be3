package cluster

import "strings"

// Users that are not among those that Kubernetes knows from the start.
const (
	kubeletClient   = "kube-apiserver-kubelet-client"
	dnsUser         = "system:coredns"
	provisionerUser = "kafka-kraft:provisioner"
)

// objects lists what a cluster needs beyond what the API server makes by itself. It is
// applied at every start.
func objects() []object {
	return []object{
		{
			"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
			"metadata": object{
				"name":        StorageClass,
				"annotations": object{"storageclass.kubernetes.io/is-default-class": "true"},
			},
			"provisioner":          provisioner,
			"reclaimPolicy":        "Delete",
			"volumeBindingMode":    "WaitForFirstConsumer",
			"allowVolumeExpansion": true,
		},
		bind(kubeletClient, "system:kubelet-api-admin"),
		role(dnsUser,
			allow("", "list watch", "endpoints", "services", "pods", "namespaces"),
			allow("discovery.k8s.io", "list watch", "endpointslices"),
		),
		bind(dnsUser, dnsUser),
		role(provisionerUser,
			allow("", "get list watch", "nodes"),
			allow("", "get list watch create update delete", "persistentvolumes"),
			allow("", "get list watch", "persistentvolumeclaims"),
			allow("", "update", "persistentvolumeclaims/status"),
			allow("storage.k8s.io", "get list watch", "storageclasses"),
			allow("", "create patch update", "events"),
		),
		bind(provisionerUser, provisionerUser),
	}
}

// bind gives a cluster role to a user.
func bind(user, role string) object {
	const group = "rbac.authorization.k8s.io"
	return object{
		"apiVersion": group + "/v1", "kind": "ClusterRoleBinding",
		"metadata": object{"name": user},
		"roleRef":  object{"apiGroup": group, "kind": "ClusterRole", "name": role},
		"subjects": []object{{"apiGroup": group, "kind": "User", "name": user}},
	}
}

func role(name string, rules ...object) object {
	return object{
		"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole",
		"metadata": object{"name": name}, "rules": rules,
	}
}

// allow is a rule of a role; verbs are separated by blanks.
func allow(group, verbs string, resources ...string) object {
	return object{"apiGroups": []string{group}, "verbs": strings.Fields(verbs), "resources": resources}
}
