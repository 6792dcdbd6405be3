package manifests

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// TestSchema: every object is one of Kubernetes' types, field by field (render decodes
// strictly), and its metadata and selectors pass the API server's own validation.
func TestSchema(t *testing.T) {
	for name, v := range variations {
		t.Run(name, func(t *testing.T) {
			objects := v.render(t)
			for _, o := range objects {
				assert.NoError(t, metadata(o).ToAggregate(), what(o))
				for _, selector := range selectors(o) {
					errs := metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, field.NewPath("selector"))
					assert.NoError(t, errs.ToAggregate(), what(o))
				}
			}
			for _, stateful := range all[*appsv1.StatefulSet](objects) {
				template := stateful.Spec.Template.ObjectMeta
				assert.NoError(t, metavalidation.ValidateLabels(template.Labels, field.NewPath("labels")).ToAggregate(), what(stateful))
				assert.NoError(t, validation.ValidateAnnotations(template.Annotations, field.NewPath("annotations")).ToAggregate(), what(stateful))
			}
		})
	}
}

// metadata is checked by the rules for the object's kind.
func metadata(o object) field.ErrorList {
	name, namespaced := validation.NameIsDNSSubdomain, true
	switch o.(type) {
	case *corev1.Service:
		name = validation.NameIsDNS1035Label
	case *appsv1.StatefulSet: // part of its pods' host names
		name = validation.NameIsDNSLabel
	case *corev1.Namespace:
		name, namespaced = validation.ValidateNamespaceName, false
	case *corev1.PersistentVolume:
		namespaced = false
	}
	return validation.ValidateObjectMetaAccessor(o, namespaced, name, field.NewPath("metadata"))
}

func selectors(o object) []*metav1.LabelSelector {
	switch typed := o.(type) {
	case *appsv1.StatefulSet:
		return []*metav1.LabelSelector{typed.Spec.Selector}
	case *policyv1.PodDisruptionBudget:
		return []*metav1.LabelSelector{typed.Spec.Selector}
	case *networkingv1.NetworkPolicy:
		found := []*metav1.LabelSelector{&typed.Spec.PodSelector}
		for _, rule := range typed.Spec.Ingress {
			for _, peer := range rule.From {
				found = append(found, peer.PodSelector)
			}
		}
		return found
	}
	return nil
}

func TestSchemaFails(t *testing.T) {
	for name, text := range map[string]string{
		"unknown field":    `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"port":1}}`,
		"wrong type":       `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a"},"spec":{"ports":[{"port":"9092"}]}}`,
		"said twice":       `{"apiVersion":"v1","kind":"Service","metadata":{"name":"a","name":"b"}}`,
		"bad quantity":     `{"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"a"},"spec":{"resources":{"requests":{"storage":"much"}}}}`,
		"unknown kind":     `{"apiVersion":"v1","kind":"Servant","metadata":{"name":"a"}}`,
		"unknown version":  `{"apiVersion":"policy/v1beta1","kind":"PodDisruptionBudget","metadata":{"name":"a"}}`,
		"monitor mistyped": `{"apiVersion":"monitoring.coreos.com/v1","kind":"PodMonitor","metadata":{"name":"a"},"spec":{"selector":{},"podMetricsEndpoint":[]}}`,
	} {
		_, err := decode([]byte(text))
		assert.Error(t, err, name)
	}
	for name, text := range map[string]string{
		"name":       `{"apiVersion":"v1","kind":"Service","metadata":{"name":"9kafka","namespace":"n"}}`,
		"label":      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n","labels":{"a":"b c"}}}`,
		"annotation": `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":"n","annotations":{"a b":"c"}}}`,
		"namespace":  `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"}}`,
		"long name":  `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","namespace":"n"}}`,
	} {
		o, err := decode([]byte(text))
		require.NoError(t, err)
		assert.Error(t, metadata(o).ToAggregate(), name)
	}
}
