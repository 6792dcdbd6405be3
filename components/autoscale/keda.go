package autoscale

import (
	"fmt"
	"strconv"
	"time"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// protocol is the release of Kafka whose requests KEDA sends. It says 1.0.0 by itself, and Kafka
// serves nobody before 2.1 since its release 4.0 (KIP-896).
const protocol = "3.6.0"

// What the parts of a user's Secret are called there.
const (
	authoritiesKey = "ca.crt"
	certificateKey = "user.crt"
	keyKey         = "user.key"
	passwordKey    = "password"
	usernameKey    = "username"
)

// scaledObject makes the ScaledObject, and before it what its trigger refers to.
func (m *making) scaledObject() error {
	trigger := map[string]any{"type": "kafka", "metadata": m.trigger()}
	if m.Security != nil {
		authentication, err := m.authentication()
		if err != nil {
			return err
		}
		trigger["authenticationRef"] = map[string]any{"name": authentication}
	}
	spec := map[string]any{
		"scaleTargetRef":  map[string]any{"apiVersion": "apps/v1", "kind": m.kind, "name": m.name},
		"minReplicaCount": m.MinReplicas,
		"maxReplicaCount": m.MaxReplicas,
		"fallback": map[string]any{
			"failureThreshold": m.Fallback.FailureThreshold,
			"replicas":         m.Fallback.Replicas,
			"behavior":         "currentReplicasIfHigher",
		},
		"advanced": map[string]any{
			"restoreToOriginalReplicaCount": true,
			"horizontalPodAutoscalerConfig": map[string]any{"behavior": m.Behavior.rules()},
		},
		"triggers": []any{trigger},
	}
	if m.ToZero {
		spec["idleReplicaCount"] = 0
		spec["pollingInterval"] = seconds(m.PollingInterval)
		spec["cooldownPeriod"] = seconds(m.CooldownPeriod)
	}
	// KEDA's finalizer is taken away by KEDA, and by nobody if it is not there any more.
	_, err := m.object("ScaledObject", spec, pulumi.Timeouts(&pulumi.CustomTimeouts{Delete: "2m"}))
	return err
}

// trigger is the metadata of KEDA's trigger kafka, all of it text. KEDA has another one,
// apache-kafka, which takes a partition whose offsets it cannot read for one without lag, and
// takes away those who read it.
func (m *making) trigger() pulumi.StringMap {
	metadata := pulumi.StringMap{
		"version":                pulumi.String(protocol),
		"bootstrapServers":       m.BootstrapServers,
		"consumerGroup":          pulumi.String(m.Group),
		"topic":                  pulumi.String(m.Topic),
		"lagThreshold":           number(m.LagThreshold),
		"activationLagThreshold": number(m.ActivationLagThreshold),
		"offsetResetPolicy":      pulumi.String(m.OffsetResetPolicy),
		// Written out, since others lose records or run consumers without partitions.
		"allowIdleConsumers":         boolean(false),
		"scaleToZeroOnInvalidOffset": boolean(false),
		"limitToPartitionsWithLag":   boolean(m.LimitToPartitionsWithLag),
		"excludePersistentLag":       boolean(m.ExcludePersistentLag),
	}
	if m.Security != nil {
		metadata["tls"] = pulumi.String("enable")
		if m.Security.Username != "" {
			metadata["sasl"] = pulumi.String("scram_sha512")
		}
	}
	return metadata
}

// rules are the HorizontalPodAutoscaler's.
func (b Behavior) rules() map[string]any {
	policy := func(kind string, value int, period time.Duration) []any {
		return []any{map[string]any{"type": kind, "value": value, "periodSeconds": seconds(period)}}
	}
	return map[string]any{
		"scaleUp": map[string]any{"policies": policy("Percent", b.ScaleUpPercent, b.ScaleUpPeriod)},
		"scaleDown": map[string]any{
			"stabilizationWindowSeconds": seconds(b.StabilizationWindow),
			"policies":                   policy("Pods", b.ScaleDownPods, b.ScaleDownPeriod),
		},
	}
}

// authentication makes the TriggerAuthentication and returns its name. KEDA reads what it refers
// to itself, so that no secret is in it.
func (m *making) authentication() (pulumi.StringPtrOutput, error) {
	from := func(object pulumi.Input, parameter, key string) any {
		return map[string]any{"parameter": parameter, "name": object, "key": key}
	}
	s := m.Security
	var secrets, configMaps []any
	if s.CAConfigMap != nil {
		configMaps = append(configMaps, from(s.CAConfigMap, "ca", authoritiesKey))
	} else {
		secrets = append(secrets, from(s.UserSecret, "ca", authoritiesKey))
	}
	switch {
	case s.UserSecret == nil:
	case s.Username == "":
		secrets = append(secrets, from(s.UserSecret, "cert", certificateKey), from(s.UserSecret, "key", keyKey))
	default:
		secrets = append(secrets, from(s.UserSecret, "password", passwordKey))
		user, err := m.username()
		if err != nil {
			return pulumi.StringPtrOutput{}, err
		}
		configMaps = append(configMaps, from(user, "username", usernameKey))
	}
	spec := map[string]any{}
	if secrets != nil {
		spec["secretTargetRef"] = secrets
	}
	if configMaps != nil {
		spec["configMapTargetRef"] = configMaps
	}
	made, err := m.object("TriggerAuthentication", spec)
	if err != nil {
		return pulumi.StringPtrOutput{}, err
	}
	return made.Metadata.Name(), nil
}

// username puts a user's name where KEDA can read it: not in the trigger, and the Secrets of users
// do not have it as a key.
func (m *making) username() (pulumi.StringPtrOutput, error) {
	made, err := corev1.NewConfigMap(m.ctx, m.component, &corev1.ConfigMapArgs{
		Metadata: metav1.ObjectMetaArgs{Namespace: m.namespace},
		Data:     pulumi.StringMap{usernameKey: pulumi.String(m.Security.Username)},
	}, m.child)
	if err != nil {
		return pulumi.StringPtrOutput{}, fmt.Errorf("name of the user: %w", err)
	}
	return made.Metadata.Name(), nil
}

// object makes one of KEDA's.
func (m *making) object(kind string, spec map[string]any, opts ...pulumi.ResourceOption) (*apiextensions.CustomResource, error) {
	made, err := apiextensions.NewCustomResource(m.ctx, m.component, &apiextensions.CustomResourceArgs{
		ApiVersion:  pulumi.String("keda.sh/v1alpha1"),
		Kind:        pulumi.String(kind),
		Metadata:    metav1.ObjectMetaArgs{Name: m.name, Namespace: m.namespace},
		OtherFields: kubernetes.UntypedArgs{"spec": spec},
	}, append(opts, m.child)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", kind, err)
	}
	return made, nil
}

func seconds(d time.Duration) int { return int(d / time.Second) }

func number(n int) pulumi.String { return pulumi.String(strconv.Itoa(n)) }

func boolean(b bool) pulumi.String { return pulumi.String(strconv.FormatBool(b)) }
