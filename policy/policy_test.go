package policy

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/policy/rule"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// planned is the plan that makes everything that a stack of this repository has.
func planned(t *testing.T, stack string) *review.Plan {
	t.Helper()
	golden, err := os.ReadFile("../stacks/testdata/" + stack + ".golden.yaml")
	require.NoError(t, err)
	plan := &review.Plan{Stack: stack}
	for _, document := range strings.Split(strings.TrimPrefix(string(golden), "---\n"), "\n---\n") {
		var r struct {
			Name, Type, Parent string
			Inputs             map[string]any
		}
		require.NoError(t, yaml.Unmarshal([]byte(document), &r))
		parent, _, _ := strings.Cut(r.Parent, " ")
		urn := "urn:pulumi:" + stack + "::kafka-kraft::" + parent + "$" + r.Type + "::" + r.Name
		plan.Steps = append(plan.Steps, review.Step{URN: urn, Type: r.Type, Name: r.Name, Op: review.Create, New: r.Inputs})
	}
	return plan
}

// resource finds a step by type and name.
func resource(t *testing.T, plan *review.Plan, kind, name string) *review.Step {
	t.Helper()
	for i := range plan.Steps {
		if plan.Steps[i].Type == kind && plan.Steps[i].Name == name {
			return &plan.Steps[i]
		}
	}
	t.Fatalf("no %s %s", kind, name)
	return nil
}

// dig is an object below a step's inputs: a text is a field, a number an item.
func dig(t *testing.T, value any, path ...any) map[string]any {
	t.Helper()
	for _, p := range path {
		switch key := p.(type) {
		case string:
			value = value.(map[string]any)[key]
		case int:
			value = value.([]any)[key]
		}
	}
	result, ok := value.(map[string]any)
	require.True(t, ok, "%v is no object", path)
	return result
}

func TestShippedStacksBreakNothing(t *testing.T) {
	for _, stack := range []string{"dev", "ci"} {
		plan := planned(t, stack)
		require.Len(t, newView(plan).clusters, 1)
		violations := Check(plan, nil)
		assert.Empty(t, violations)
		assert.NoError(t, violations.Err())
	}
}

type edit func(t *testing.T, plan *review.Plan)

// pods changes the pod template of a StatefulSet.
func pods(set string, change func(pod map[string]any)) edit {
	return func(t *testing.T, plan *review.Plan) {
		change(dig(t, resource(t, plan, statefulSet, set).New, "spec", "template", "spec"))
	}
}

// kafka changes the container kafka of ci's brokers.
func kafka(change func(container map[string]any)) edit {
	return pods("ci-kafka-broker", func(pod map[string]any) { change(walk.Object(list(pod["containers"])[0])) })
}

// prepare changes the one step that is root, of dev's pods.
func prepare(change func(container map[string]any)) edit {
	return pods("kafka", func(pod map[string]any) { change(walk.Object(list(pod["initContainers"])[0])) })
}

func security(key string, value any) func(map[string]any) {
	return func(container map[string]any) { walk.Object(container["securityContext"])[key] = value }
}

func replicas(set string, number float64) edit {
	return func(t *testing.T, plan *review.Plan) {
		dig(t, resource(t, plan, statefulSet, set).New, "spec")["replicas"] = number
	}
}

// kafkaBuilt adds the build of a Kafka of this module, as it is when the image is not there yet.
func kafkaBuilt(version string) edit {
	return builds("localhost:5050/kafka-kraft/kafka:"+version+"-a", false)
}

// line changes a property of ci's brokers; without a value it is taken away.
func line(key, value string) edit {
	return func(t *testing.T, plan *review.Plan) {
		data := dig(t, resource(t, plan, configMap, "ci-kafka-broker").New, "data")
		var lines []string
		for _, l := range strings.Split(data["server.properties"].(string), "\n") {
			if !strings.HasPrefix(l, key+"=") {
				lines = append(lines, l)
			}
		}
		if value != "" {
			lines = append(lines, key+"="+value)
		}
		data["server.properties"] = strings.Join(lines, "\n")
	}
}

// becomes lets something happen to a resource.
func becomes(kind, name string, change func(*review.Step)) edit {
	return func(t *testing.T, plan *review.Plan) { change(resource(t, plan, kind, name)) }
}

func replaced(s *review.Step) { s.Op, s.Old, s.Replaces = review.Replace, s.New, []string{"spec.x"} }
func deleted(s *review.Step)  { s.Op, s.Old, s.New = review.Delete, s.New, nil }

// elsewhere lets something happen to another application's resource of the same program.
func elsewhere(kind string, change func(*review.Step)) edit {
	return func(_ *testing.T, plan *review.Plan) {
		step := review.Step{Type: kind, Name: "shop", URN: "urn:pulumi:ci::p::" + kind + "::shop", New: map[string]any{"metadata": map[string]any{
			"name": "shop", "namespace": "shop", "labels": map[string]any{"app.kubernetes.io/name": "shop"},
		}}}
		change(&step)
		plan.Steps = append(plan.Steps, step)
	}
}

func runs(name any) edit {
	return kafka(func(c map[string]any) { c["image"] = name })
}

func builds(name string, skipPush bool) edit {
	return func(_ *testing.T, plan *review.Plan) {
		plan.Steps = append(plan.Steps, review.Step{
			Type: "docker:index/image:Image", Name: "image", Op: review.Create,
			New: map[string]any{"imageName": name, "skipPush": skipPush},
		})
	}
}

// hasTopic has a topic that is in Kafka already.
func hasTopic(change func(*review.Step)) edit {
	return func(_ *testing.T, plan *review.Plan) {
		step := review.Step{Type: topic, Name: "orders", New: map[string]any{"name": "orders"}}
		change(&step)
		plan.Steps = append(plan.Steps, step)
	}
}

// scales adds what scales the workload of ci's namespace with this name.
func scales(token, ref, kind, target string, change ...func(spec map[string]any)) edit {
	return func(_ *testing.T, plan *review.Plan) {
		spec := map[string]any{ref: map[string]any{"kind": kind, "name": target}}
		for _, c := range change {
			c(spec)
		}
		plan.Steps = append(plan.Steps, review.Step{Type: "kubernetes:" + token, Name: "load", Op: review.Create, New: map[string]any{
			"metadata": map[string]any{"name": "load", "namespace": "kafka-kraft-ci"}, "spec": spec,
		}})
	}
}

// Tokens of what scales.
const (
	hpa  = "autoscaling/v2:HorizontalPodAutoscaler"
	vpa  = "autoscaling.k8s.io/v1:VerticalPodAutoscaler"
	keda = "keda.sh/v1alpha1:ScaledObject"
)

// byLag lets KEDA scale an application by a trigger of Kafka, from no replica on.
func byLag(change func(spec, trigger, metadata map[string]any)) edit {
	return scales(keda, "scaleTargetRef", "Deployment", "orders", func(spec map[string]any) {
		metadata := map[string]any{"topic": "placed", "offsetResetPolicy": "earliest"}
		trigger := map[string]any{"type": "kafka", "metadata": metadata}
		spec["triggers"], spec["minReplicaCount"] = []any{trigger}, 0.0
		change(spec, trigger, metadata)
	})
}

func atLeastOne(spec map[string]any) { spec["minReplicaCount"] = 1.0 }

// into moves what scales into another namespace.
func into(namespace string) edit {
	return func(t *testing.T, plan *review.Plan) {
		dig(t, plan.Steps[len(plan.Steps)-1].New, "metadata")["namespace"] = namespace
	}
}

// deploys adds a Deployment with these labels to ci's namespace.
func deploys(name string, labels map[string]any) edit {
	return func(_ *testing.T, plan *review.Plan) {
		plan.Steps = append(plan.Steps, review.Step{Type: "kubernetes:apps/v1:Deployment", Name: name, Op: review.Create, New: map[string]any{
			"metadata": map[string]any{"name": name, "namespace": "kafka-kraft-ci", "labels": labels},
		}})
	}
}

func both(edits ...edit) edit {
	return func(t *testing.T, plan *review.Plan) {
		for _, e := range edits {
			e(t, plan)
		}
	}
}

// Each line is one way to break a rule, or to come close to it.
func TestRules(t *testing.T) {
	for name, test := range map[string]struct {
		stack string
		edit  edit
		rule  string // "" if none is broken
		says  string
	}{
		"four controllers":   {"ci", replicas("ci-kafka-controller", 4), rule.OddControllers, "4 controllers"},
		"four combined":      {"dev", replicas("kafka", 4), rule.OddControllers, "4 controllers"},
		"five controllers":   {"ci", replicas("ci-kafka-controller", 5), "", ""},
		"no controller runs": {"ci", both(replicas("ci-kafka-controller", 0), replicas("ci-kafka-broker", 0)), "", ""},
		"another StatefulSet": {"ci", becomes(statefulSet, "ci-kafka-broker", func(s *review.Step) {
			walk.Object(walk.At(s.New, "spec", "template", "metadata"))["labels"] = nil
			s.New["spec"] = map[string]any{}
		}), "", ""},

		"too few brokers":          {"ci", replicas("ci-kafka-broker", 2), rule.ReplicationFactor, "default.replication.factor is 3, with 2 brokers"},
		"offsets over brokers":     {"ci", line("offsets.topic.replication.factor", "4"), rule.ReplicationFactor, "offsets.topic.replication.factor is 4"},
		"offsets left to Kafka":    {"ci", line("offsets.topic.replication.factor", ""), "", ""},
		"no number":                {"ci", line("default.replication.factor", "many"), rule.ReplicationFactor, "is many"},
		"zero":                     {"ci", line("default.replication.factor", "0"), rule.ReplicationFactor, "is 0"},
		"one broker left to Kafka": {"ci", both(replicas("ci-kafka-broker", 1), line("default.replication.factor", ""), line("min.insync.replicas", ""), line("offsets.topic.replication.factor", "1"), line("share.coordinator.state.topic.replication.factor", "1"), line("share.coordinator.state.topic.min.isr", "1"), line("transaction.state.log.min.isr", "1"), line("transaction.state.log.replication.factor", "")), rule.ReplicationFactor, "is 3 by default, with 1 brokers"},
		"all must be in sync":      {"ci", line("min.insync.replicas", "3"), rule.MinInSync, "min.insync.replicas is 3, with default.replication.factor 3"},
		"transactions in sync":     {"ci", line("transaction.state.log.min.isr", "3"), rule.MinInSync, "transaction.state.log.min.isr is 3"},
		"share groups in sync":     {"ci", line("share.coordinator.state.topic.replication.factor", "2"), rule.MinInSync, "share.coordinator.state.topic.min.isr is 2"},
		"none need be in sync":     {"ci", line("min.insync.replicas", "0"), rule.MinInSync, "is 0"},
		"one of one":               {"ci", both(line("min.insync.replicas", "1"), line("default.replication.factor", "1")), "", ""},
		"factor left to Kafka":     {"ci", line("default.replication.factor", ""), rule.MinInSync, "default.replication.factor 1 by default"},
		"properties not known yet": {"ci", becomes(configMap, "ci-kafka-broker", func(s *review.Step) { walk.Object(s.New["data"])["server.properties"] = review.Unknown }), "", ""},
		"StatefulSet replaced":     {"ci", becomes(statefulSet, "ci-kafka-broker", replaced), rule.DataStays, "replaced because of spec.x"},
		"StatefulSet deleted":      {"dev", becomes(statefulSet, "kafka", deleted), rule.DataStays, "deleted"},
		"volume replaced":          {"dev", becomes("kubernetes:core/v1:PersistentVolume", "kafka-volume", replaced), rule.DataStays, "replaced"},
		"claim deleted":            {"dev", becomes("kubernetes:core/v1:PersistentVolumeClaim", "kafka-claim", deleted), rule.DataStays, "deleted"},
		"claim of a pod deleted":   {"ci", becomes(claim, "data-ci-kafka-broker-2", deleted), rule.DataStays, "PersistentVolumeClaim data-ci-kafka-broker-2: would be deleted"},
		"claim of a pod replaced":  {"ci", becomes(claim, "data-ci-kafka-broker-2", replaced), rule.DataStays, "replaced because of spec.x"},
		"claim left behind":        {"ci", becomes(claim, "data-ci-kafka-broker-2", func(s *review.Step) { deleted(s); s.Retained = true }), "", ""},
		"claim found again":        {"ci", becomes(claim, "data-ci-kafka-broker-2", func(s *review.Step) { replaced(s); s.Retained = true }), "", ""},
		"claim grown": {"ci", becomes(claim, "data-ci-kafka-broker-2", func(s *review.Step) {
			s.Op, s.Old, s.Diffs = review.Update, s.New, []string{"spec.resources.requests.storage"}
		}), "", ""},
		"namespace deleted":         {"ci", becomes("kubernetes:core/v1:Namespace", "namespace", deleted), rule.DataStays, "deleted"},
		"namespace left behind":     {"ci", becomes("kubernetes:core/v1:Namespace", "namespace", func(s *review.Step) { deleted(s); s.Retained = true }), "", ""},
		"somebody else's set":       {"ci", elsewhere(statefulSet, replaced), "", ""},
		"somebody else's claim":     {"ci", elsewhere("kubernetes:core/v1:PersistentVolumeClaim", deleted), "", ""},
		"somebody else's volume":    {"ci", elsewhere("kubernetes:core/v1:PersistentVolume", replaced), "", ""},
		"somebody else's namespace": {"ci", elsewhere("kubernetes:core/v1:Namespace", deleted), "", ""},
		"cluster id replaced":       {"ci", becomes("random:index/randomId:RandomId", "ci-cluster-id", replaced), rule.DataStays, "replaced"},
		"directory id deleted":      {"ci", becomes("random:index/randomId:RandomId", "ci-cluster-id-directory-ci-kafka-controller-0", deleted), rule.DataStays, "deleted"},
		"somebody else's random id": {"ci", becomes("random:index/randomId:RandomId", "ci-cluster-id", func(s *review.Step) { replaced(s); s.URN = "urn:pulumi:ci::p::random:index/randomId:RandomId::x" }), "", ""},
		"ConfigMap replaced":        {"ci", becomes(configMap, "ci-kafka-broker", replaced), "", ""},
		"topic deleted":             {"ci", hasTopic(deleted), rule.DataStays, "Topic orders: would be deleted"},
		"topic replaced":            {"ci", hasTopic(replaced), rule.DataStays, "Topic orders: would be replaced because of spec.x"},
		"topic changed":             {"ci", hasTopic(func(s *review.Step) { s.Op, s.Old = review.Update, s.New }), "", ""},

		"privileged":        {"ci", kafka(security("privileged", true)), rule.PodSecurity, "privileged is true"},
		"escalation":        {"ci", kafka(security("allowPrivilegeEscalation", nil)), rule.PodSecurity, "allowPrivilegeEscalation is not false"},
		"root":              {"ci", kafka(security("runAsUser", 0.0)), rule.PodSecurity, "runAsUser is 0"},
		"maybe root":        {"ci", both(kafka(security("runAsNonRoot", nil)), pods("ci-kafka-broker", func(p map[string]any) { walk.Object(p["securityContext"])["runAsNonRoot"] = nil })), rule.PodSecurity, "runAsNonRoot is not true"},
		"the pod says so":   {"ci", kafka(security("runAsNonRoot", nil)), "", ""},
		"capabilities kept": {"ci", kafka(security("capabilities", nil)), rule.PodSecurity, "drop has no ALL"},
		"a capability":      {"ci", kafka(security("capabilities", map[string]any{"drop": []any{"ALL"}, "add": []any{"NET_RAW"}})), rule.PodSecurity, "add has NET_RAW"},
		"a harmless one":    {"ci", kafka(security("capabilities", map[string]any{"drop": []any{"ALL"}, "add": []any{"NET_BIND_SERVICE"}})), "", ""},
		"seccomp off":       {"ci", kafka(security("seccompProfile", map[string]any{"type": "Unconfined"})), rule.PodSecurity, "seccompProfile"},
		"proc":              {"ci", kafka(security("procMount", "Unmasked")), rule.PodSecurity, "procMount is Unmasked"},
		"host port":         {"ci", kafka(func(c map[string]any) { walk.Object(list(c["ports"])[0])["hostPort"] = 9092.0 }), rule.PodSecurity, "hostPort 9092"},
		"host network":      {"ci", pods("ci-kafka-broker", func(p map[string]any) { p["hostNetwork"] = true }), rule.PodSecurity, "hostNetwork is true"},
		"host path": {"ci", pods("ci-kafka-broker", func(p map[string]any) {
			p["volumes"] = append(list(p["volumes"]), map[string]any{"name": "x", "hostPath": map[string]any{}})
		}), rule.PodSecurity, "volume x is of type hostPath"},
		"sysctl": {"ci", pods("ci-kafka-broker", func(p map[string]any) {
			walk.Object(p["securityContext"])["sysctls"] = []any{map[string]any{"name": "x"}}
		}), rule.PodSecurity, "sysctls"},
		"too much for prepare": {"dev", prepare(security("capabilities", map[string]any{"drop": []any{"ALL"}, "add": []any{"SYS_ADMIN"}})), rule.PodSecurity, "SYS_ADMIN"},
		"prepare privileged":   {"dev", prepare(security("privileged", true)), rule.PodSecurity, "privileged"},
		"root without need":    {"dev", becomes("kubernetes:core/v1:PersistentVolume", "kafka-volume", func(s *review.Step) { delete(walk.Object(s.New["spec"]), "hostPath") }), rule.PodSecurity, "container prepare: securityContext.runAsNonRoot"},

		"no requests":  {"ci", kafka(func(c map[string]any) { delete(walk.Object(c["resources"]), "requests") }), rule.Resources, "resources.requests.cpu is missing"},
		"no limit":     {"ci", kafka(func(c map[string]any) { delete(walk.Object(walk.At(c, "resources", "limits")), "memory") }), rule.Resources, "resources.limits.memory is missing"},
		"none at all":  {"dev", prepare(func(c map[string]any) { delete(c, "resources") }), rule.Resources, "container prepare"},
		"no CPU limit": {"ci", kafka(func(c map[string]any) { delete(walk.Object(walk.At(c, "resources", "limits")), "cpu") }), "", ""},

		"a tag":               {"ci", runs("registry.example/kafka:4.4.0"), rule.ImageDigest, `"registry.example/kafka:4.4.0" has no digest`},
		"tag and digest":      {"ci", runs("registry.example/kafka:4.4.0@sha256:00"), "", ""},
		"not built yet":       {"ci", runs(review.Unknown), "", ""},
		"built, not pushed":   {"ci", both(runs("kafka:1-a"), builds("kafka:1-a", true)), "", ""},
		"pushed, run by tag":  {"ci", both(runs("kafka:1-a"), builds("kafka:1-a", false)), rule.ImageDigest, "no digest"},
		"a misspelt property": {"ci", both(line("num.partition", "3"), kafkaBuilt(image.KafkaVersion)), rule.UnknownProperty, "num.partition is no property of Kafka " + image.KafkaVersion},
		"a right one":         {"ci", both(line("num.partitions", "3"), kafkaBuilt(image.KafkaVersion)), "", ""},
		"a later release's":   {"ci", both(line("max.decompressed.message.bytes", "9"), kafkaBuilt("4.3.1")), rule.UnknownProperty, "is no property of Kafka 4.3.1"},
		"of one of two":       {"ci", both(line("max.decompressed.message.bytes", "9"), kafkaBuilt("4.3.1"), kafkaBuilt("4.4.0")), "", ""},
		"of none of two":      {"ci", both(line("num.partition", "3"), kafkaBuilt("4.3.1"), kafkaBuilt("4.4.0")), rule.UnknownProperty, "num.partition is no property of Kafka 4.4.0"},
		"of another Kafka":    {"ci", line("num.partition", "3"), "", ""},
		"a password":          {"ci", line("ssl.truststore.password", "secret"), rule.NoPlainSecret, "ssl.truststore.password holds a secret"},
		"a listener's key":    {"ci", line("listener.name.x.ssl.keystore.key", "x"), rule.NoPlainSecret, "ssl.keystore.key holds a secret"},
		"a login":             {"ci", line("listener.name.x.plain.sasl.jaas.config", `a password="b";`), rule.NoPlainSecret, "sasl.jaas.config holds a secret"},
		"a login of nobody":   {"ci", line("listener.name.scram.scram-sha-512.sasl.jaas.config", "a required;"), "", ""},
		"a provided password": {"ci", line("ssl.key.password", "${file:/x:key}"), "", ""},
		"a strength":          {"ci", line("password.encoder.iterations", "4096"), "", ""},
		"no super users":      {"ci", line("authorizer.class.name", "x"), rule.NodesAreSuperUsers, `super.users is "", without User:ANONYMOUS`},
		"nobody is super":     {"ci", both(line("authorizer.class.name", "x"), line("super.users", "User:a;User:ANONYMOUS")), "", ""},
		"nodes with TLS": {"ci", both(line("authorizer.class.name", "x"), line("super.users", "User:ANONYMOUS"), line("listener.security.protocol.map", "CONTROLLER:SSL")),
			rule.NodesAreSuperUsers, "without User:kafka-node"},
		"super nodes":           {"ci", both(line("authorizer.class.name", "x"), line("super.users", "User:kafka-node"), line("listener.security.protocol.map", "CONTROLLER:SSL")), "", ""},
		"nodes with SASL":       {"ci", both(line("authorizer.class.name", "x"), line("listener.security.protocol.map", "CONTROLLER:SASL_SSL")), "", ""},
		"another one in engine": {"ci", both(runs("kafka:1-b"), builds("kafka:1-a", true)), rule.ImageDigest, "no digest"},

		"brokers by load":           {"ci", scales(hpa, "scaleTargetRef", "StatefulSet", "ci-kafka-broker"), rule.NoAutoscaledBroker, "HorizontalPodAutoscaler load: would scale the StatefulSet ci-kafka-broker, which is Kafka"},
		"combined nodes by load":    {"dev", both(scales("autoscaling/v1:HorizontalPodAutoscaler", "scaleTargetRef", "StatefulSet", "kafka"), into("kafka-kraft")), rule.NoAutoscaledBroker, "StatefulSet kafka"},
		"controllers by lag":        {"ci", scales(keda, "scaleTargetRef", "StatefulSet", "ci-kafka-controller", atLeastOne), rule.NoAutoscaledBroker, "ScaledObject load"},
		"larger brokers":            {"ci", scales(vpa, "targetRef", "StatefulSet", "ci-kafka-broker"), rule.NoAutoscaledBroker, "VerticalPodAutoscaler load"},
		"only recommended":          {"ci", scales(vpa, "targetRef", "StatefulSet", "ci-kafka-broker", func(spec map[string]any) { spec["updatePolicy"] = map[string]any{"updateMode": "Off"} }), "", ""},
		"brokers of another plan":   {"ci", scales(hpa, "scaleTargetRef", "StatefulSet", "demo-kafka-broker"), rule.NoAutoscaledBroker, "demo-kafka-broker"},
		"another Kafka by load":     {"ci", both(deploys("single", map[string]any{"app.kubernetes.io/name": "kafka"}), scales(keda, "scaleTargetRef", "", "single", atLeastOne)), rule.NoAutoscaledBroker, "Deployment single"},
		"an application by load":    {"ci", both(deploys("orders", map[string]any{"app": "orders"}), scales(hpa, "scaleTargetRef", "Deployment", "orders")), "", ""},
		"one of its name elsewhere": {"dev", both(scales(hpa, "scaleTargetRef", "StatefulSet", "kafka"), into("shop")), "", ""},
		"a scaler that goes":        {"ci", both(scales(hpa, "scaleTargetRef", "StatefulSet", "ci-kafka-broker"), becomes("kubernetes:"+hpa, "load", deleted)), "", ""},
		"a name not known yet":      {"ci", scales(hpa, "scaleTargetRef", "StatefulSet", review.Unknown), "", ""},
		"sleeps and wakes":          {"ci", byLag(func(_, _, _ map[string]any) {}), "", ""},
		"sleeps through":            {"ci", byLag(func(_, _, metadata map[string]any) { metadata["offsetResetPolicy"] = "latest" }), rule.ZeroMissesNothing, "offsetResetPolicy is not earliest"},
		"sleeps through by default": {"ci", byLag(func(spec, _, metadata map[string]any) {
			delete(spec, "minReplicaCount")
			delete(metadata, "offsetResetPolicy")
		}), rule.ZeroMissesNothing, "offsetResetPolicy is not earliest"},
		"idles through": {"ci", byLag(func(spec, _, metadata map[string]any) {
			spec["minReplicaCount"], spec["idleReplicaCount"] = 2.0, 0.0
			delete(metadata, "offsetResetPolicy")
		}), rule.ZeroMissesNothing, "offsetResetPolicy"},
		"never sleeps": {"ci", byLag(func(spec, _, metadata map[string]any) {
			spec["minReplicaCount"] = 1.0
			delete(metadata, "offsetResetPolicy")
		}), "", ""},
		"never wakes": {"ci", byLag(func(_, _, metadata map[string]any) { metadata["scaleToZeroOnInvalidOffset"] = "true" }), rule.ZeroMissesNothing, "scaleToZeroOnInvalidOffset"},
		"falls back to none": {"ci", byLag(func(spec, _, _ map[string]any) {
			spec["fallback"] = map[string]any{"failureThreshold": 3.0, "replicas": 0.0}
		}), rule.ZeroMissesNothing, "fallback.replicas is 0"},
		"falls back to one": {"ci", byLag(func(spec, _, _ map[string]any) {
			spec["fallback"] = map[string]any{"failureThreshold": 3.0, "replicas": 1.0}
		}), "", ""},
		"blind to errors": {"ci", byLag(func(_, trigger, _ map[string]any) { trigger["type"] = "apache-kafka" }), rule.ZeroMissesNothing, "apache-kafka takes a partition that it cannot read"},
		"sleeps by another trigger": {"ci", byLag(func(_, trigger, metadata map[string]any) {
			trigger["type"] = "cron"
			delete(metadata, "offsetResetPolicy")
		}), "", ""},
		"least number not known yet": {"ci", byLag(func(spec, _, metadata map[string]any) {
			spec["minReplicaCount"] = review.Unknown
			delete(metadata, "offsetResetPolicy")
		}), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			plan := planned(t, test.stack)
			test.edit(t, plan)
			violations := Check(plan, nil)
			if test.rule == "" {
				assert.Empty(t, violations)
				return
			}
			require.NotEmpty(t, violations)
			for _, violation := range violations {
				assert.Equal(t, test.rule, violation.Rule, violation.String())
			}
			require.ErrorContains(t, violations.Err(), test.says)

			waived := Check(plan, []string{test.rule})
			assert.Len(t, waived, len(violations), "what is waived is still found")
			assert.NoError(t, waived.Err())
			assert.Contains(t, waived[0].String(), "(waived)")
		})
	}
}

func TestEveryRuleIsChecked(t *testing.T) {
	assert.Len(t, checks, len(rule.All()))
	for _, r := range rule.All() {
		assert.Contains(t, checks, r.ID)
		assert.Greater(t, len(r.Reason), 20, r.ID)
	}
	assert.True(t, rule.Known(rule.DataStays))
	assert.False(t, rule.Known("data"))
}

// One message names every rule with its reason, and the way out.
func TestError(t *testing.T) {
	plan := planned(t, "ci")
	both(replicas("ci-kafka-controller", 4), runs("kafka:latest"))(t, plan)
	err := Check(plan, nil).Err()
	for _, part := range []string{
		"breaks 2 rules", "odd-controllers: A quorum", "cluster ci in namespace kafka-kraft-ci: 4 controllers",
		"StatefulSet ci-kafka-broker: container kafka: image \"kafka:latest\" has no digest", "kafka-kraft:waive",
	} {
		assert.ErrorContains(t, err, part)
	}
	assert.ErrorContains(t, Check(plan, []string{rule.ImageDigest}).Err(), "breaks 1 rule;")
}
