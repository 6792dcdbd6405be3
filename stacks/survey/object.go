package survey

import (
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// OwnerAnnotation says which stack made an object: its full name, organization, project
// and stack.
const OwnerAnnotation = "kafka-kraft.io/stack"

const clusterLabel = "app.kubernetes.io/instance"

func objectOf(kind string, o metav1.Object) Object {
	return Object{Kind: kind, Name: o.GetName(), Owner: o.GetAnnotations()[OwnerAnnotation], Cluster: o.GetLabels()[clusterLabel]}
}

// items are the objects of a list.
func items(list runtime.Object) []metav1.Object {
	var objects []metav1.Object
	_ = meta.EachListItem(list, func(item runtime.Object) error {
		if object, err := meta.Accessor(item); err == nil {
			objects = append(objects, object)
		}
		return nil
	})
	return objects
}
