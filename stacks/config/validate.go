package config

import (
	"encoding/base64"
	"net"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/image"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/placement"
	"github.com/kafka-kraft/kafka-kraft/policy/rule"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Limits that are not Kubernetes' or Kafka's own.
const (
	maxBrokers     = 100 // one StatefulSet, and one NodePort each when external
	maxControllers = 9   // more voters make a quorum slower, not safer
)

// hostname is the label of every node with its own name.
// https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetesiohostname
const hostname = "kubernetes.io/hostname"

// Limits of Kubernetes.
const (
	firstNodePort = 30000 // default --service-node-port-range
	lastNodePort  = 32767
	maxLabel      = 63 // characters of a DNS label
	// revisionSuffix is what Kubernetes adds to a StatefulSet's name in the label
	// controller-revision-hash of its pods: a dash and up to ten characters.
	revisionSuffix = 11
)

// Validate judges the whole configuration. The error, if any, is a Problems with
// everything that is wrong, and is returned before anything is registered.
func (c Config) Validate() error { return c.Problems().Err() }

// Problems are all that Validate complains about.
func (c Config) Problems() Problems {
	var p Problems
	c.checkContext(&p)
	c.checkTopology(&p)
	c.checkNames(&p)
	c.checkIdentity(&p)
	c.checkImage(&p)
	c.checkFeatures(&p)
	c.checkReplication(&p)
	c.checkStorage(&p)
	checkNode(&p, "broker", c.Broker)
	checkNode(&p, "controller", c.Controller)
	c.checkProperties(&p)
	c.checkExternal(&p)
	c.checkSecurity(&p)
	c.checkMoves(&p)
	c.checkTopics(&p)
	c.checkQuotas(&p)
	c.checkUsers(&p)
	c.checkScheduling(&p)
	checkAllowed(&p, "", reflect.ValueOf(c))
	c.checkTimes(&p)
	c.checkUseless(&p)
	c.checkMonitoring(&p)
	c.checkLogging(&p)
	c.checkAcceptLoss(&p)
	c.checkReplace(&p)
	for i, id := range c.Waive {
		if !rule.Known(id) {
			p.add("waive["+strconv.Itoa(i)+"]", id, "must be the id of a rule: %s", strings.Join(rule.IDs(), ", "))
		}
	}
	return p
}

func (c Config) checkContext(p *Problems) {
	if c.Context == "" {
		p.add("context", "", "must name a context of your kubeconfig, such as kafka-kraft-local or minikube: `pulumi config set kafka-kraft:context <name>`")
	}
}

func (c Config) checkTopology(p *Problems) {
	switch c.Topology {
	case topology.Combined, topology.Separated:
	default:
		p.add("topology", string(c.Topology), "must be combined or separated")
	}
	if c.Brokers < 1 || c.Brokers > maxBrokers {
		p.add("brokers", strconv.Itoa(c.Brokers), "must be from 1 to %d; to run none for a while, use kafka-kraft:stopped", maxBrokers)
	}
	switch {
	case c.Controllers < 0 || c.Controllers > maxControllers:
		p.add("controllers", strconv.Itoa(c.Controllers), "must be from 1 to %d, or 0 for the default", maxControllers)
	case c.Controllers != 0 && c.Controllers%2 == 0:
		p.add("controllers", strconv.Itoa(c.Controllers), "must be odd: an even number of voters survives no more failures than one voter less")
	case c.Topology == topology.Combined && c.Controllers != 0 && c.Controllers != c.Brokers:
		p.add("controllers", strconv.Itoa(c.Controllers), "every node of a combined cluster is a controller: leave it at 0, or set it to the number of brokers (%d)", c.Brokers)
	case c.Topology == topology.Combined && c.Controllers == 0 && c.Brokers > maxControllers && c.Brokers <= maxBrokers:
		p.add("brokers", strconv.Itoa(c.Brokers), "every node of a combined cluster votes, and %d voters are enough: use topology separated", maxControllers)
	case c.Topology == topology.Combined && c.Controllers == 0 && c.Brokers > 0 && c.Brokers%2 == 0:
		p.add("brokers", strconv.Itoa(c.Brokers), "must be odd when combined, since every node votes: an even number of voters survives no more failures than one less")
	}
	const lastID = 1<<31 - topology.PoolIDs
	checkRange(p, "brokerIds", c.BrokerIDs, 0, lastID)
	checkRange(p, "controllerIds", c.ControllerIDs, 0, lastID)
	if c.Topology == topology.Separated && abs(c.BrokerIDs-c.ControllerIDs) < topology.PoolIDs {
		p.add("controllerIds", strconv.Itoa(c.ControllerIDs), "must be at least %d away from brokerIds (%d), since every pool keeps %d node ids to itself", topology.PoolIDs, c.BrokerIDs, topology.PoolIDs)
	}
}

func (c Config) checkNames(p *Problems) {
	if reason := invalid(validation.IsDNS1035Label(c.ClusterName)); reason != "" {
		p.add("clusterName", c.ClusterName, "must be lower-case letters, digits and dashes, starting with a letter")
	} else if room := c.nameRoom(); len(c.ClusterName) > room {
		p.add("clusterName", c.ClusterName, "must be no longer than %d characters, since names derived from it must fit into %d", room, maxLabel)
	}
	if reason := invalid(validation.IsDNS1123Label(c.KubeNamespace)); reason != "" {
		p.add("namespace", c.KubeNamespace, "must be a DNS label: at most %d lower-case letters, digits and dashes", maxLabel)
	} else if c.CreateNamespace && (c.KubeNamespace == "default" || strings.HasPrefix(c.KubeNamespace, "kube-")) {
		p.add("namespace", c.KubeNamespace, "is Kubernetes' own; choose another one, or set kafka-kraft:createNamespace to false")
	}
	if reason := invalid(validation.IsDNS1123Subdomain(c.ClusterDomain)); reason != "" {
		p.add("clusterDomain", c.ClusterDomain, "must be a DNS name such as cluster.local")
	}
}

func (c Config) checkAcceptLoss(p *Problems) {
	known := []string{contract.LossOfQuorum}
	for _, pool := range c.bounded().Plan().Pools {
		known = append(known, pool.Pods()...)
	}
	for i, what := range c.AcceptLoss {
		if !slices.Contains(known, what) {
			p.add("acceptLoss["+strconv.Itoa(i)+"]", what, "must be %s, for a new quorum without topics, offsets and users, or the pod whose volume was lost, such as %s", contract.LossOfQuorum, known[len(known)-1])
		}
	}
}

func (c Config) checkReplace(p *Problems) {
	var known, ranges []string
	for _, pool := range c.bounded().Plan().Pools {
		pods := pool.Pods()
		known = append(known, pods...)
		ranges = append(ranges, pods[0]+" to "+pods[len(pods)-1])
	}
	for pod, token := range sorted(c.Replace) {
		if !slices.Contains(known, pod) {
			p.add("replace."+pod, token, "there is no pod of this name: name one of %s", strings.Join(ranges, ", "))
		} else if token == "" {
			p.add("replace."+pod, token, "must be some text, such as a date; to replace nothing, leave it out")
		}
	}
}

// bounded has numbers of pods that can be planned, even if the configured ones are wrong.
func (c Config) bounded() Config {
	c.Brokers = min(max(c.Brokers, 1), maxBrokers)
	c.Controllers = min(max(c.Controllers, 0), maxControllers)
	return c
}

// nameRoom is how long the cluster's name may be, so that the longest name made
// from it still fits everywhere it is used.
func (c Config) nameRoom() int {
	const mark = "x"
	marked := c.bounded()
	marked.ClusterName = mark
	marked.Storage.VolumeName = ""
	// Whoever opens the cluster to the outside later needs the room for it now.
	marked.External = External{Type: NodePort}
	plan := marked.Plan()
	longest := max(len(plan.Headless), len(plan.Bootstrap))
	if plan.Shared != nil {
		longest = max(longest, len(plan.Shared.Volume), len(plan.Shared.Claim))
	}
	for _, pool := range plan.Pools {
		longest = max(longest, len(pool.Name)+revisionSuffix)
	}
	for _, service := range plan.NodePortServices() {
		longest = max(longest, len(service.Name))
	}
	return maxLabel - (longest - len(mark))
}

func (c Config) checkIdentity(p *Problems) {
	if c.ClusterID == "" {
		return
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(c.ClusterID); err != nil || len(c.ClusterID) != 22 {
		p.add("clusterId", c.ClusterID, "must be the 22 characters (letters, digits, - and _) of 16 bytes in base64url, as after cluster.id= in meta.properties; empty makes a new one")
	}
}

var (
	// reference is the grammar of image references, without its corner cases:
	// https://github.com/distribution/reference
	reference = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$`)
	registry  = regexp.MustCompile(`^[A-Za-z0-9]+([.-][A-Za-z0-9]+)*(:[0-9]{1,5})?(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$`)
	version   = regexp.MustCompile(`^(\d{1,4})\.(\d{1,4})\.(\d{1,4})$`)
)

func (c Config) checkImage(p *Problems) {
	c.checkKafkaVersion(p)
	if c.Image != "" {
		if !reference.MatchString(c.Image) {
			p.add("image", c.Image, "must be an image reference such as ghcr.io/me/kafka@sha256:… or localhost:5050/kafka:4.4.0")
		}
		if c.ImageContext != "" {
			p.add("imageContext", c.ImageContext, "is a folder to build from, but kafka-kraft:image says to run a ready image: leave one of them out")
		}
	}
	if c.ImageContext != "" && (path.IsAbs(c.ImageContext) || strings.HasPrefix(path.Clean(c.ImageContext), "..")) {
		p.add("imageContext", c.ImageContext, "must be a folder below Pulumi.yaml, as a relative path: Pulumi compares it literally")
	}
	if c.ImageBase != "" && (!reference.MatchString(c.ImageBase) || !strings.Contains(c.ImageBase, "@sha256:")) {
		p.add("imageBase", c.ImageBase, "must be an image by digest, such as debian@sha256:…: a tag's image changes behind one's back")
	}
	if c.ImageBase != "" && c.Image != "" {
		p.add("imageBase", c.ImageBase, "is of no use with a ready kafka-kraft:image: leave one of them out")
	}
	if c.ImageRegistry != "" && !registry.MatchString(c.ImageRegistry) {
		p.add("imageRegistry", c.ImageRegistry, "must be a registry, with a path if it needs one, such as localhost:5050 or ghcr.io/me; without https://")
	}
	for i, name := range c.ImagePullSecrets {
		if invalid(validation.IsDNS1123Subdomain(name)) != "" {
			p.add("imagePullSecrets["+strconv.Itoa(i)+"]", name, "must be the name of a secret in the namespace")
		}
	}
	switch c.ImagePullPolicy {
	case "Always", "IfNotPresent", "Never":
	default:
		p.add("imagePullPolicy", c.ImagePullPolicy, "must be Always, IfNotPresent or Never")
	}
	if c.ImagePullPolicy == "Always" && c.Image == "" && c.ImageRegistry == "" {
		p.add("imagePullPolicy", c.ImagePullPolicy, "an image that stays in the docker engine cannot be pulled: use IfNotPresent, or give kafka-kraft:imageRegistry")
	}
}

// checkKafkaVersion asks for a release that is built here, or, of a ready image, for one
// that this program can run.
func (c Config) checkKafkaVersion(p *Problems) {
	built := image.KafkaVersions()
	if c.Image == "" {
		if !slices.Contains(built, c.KafkaVersion) {
			p.add("kafkaVersion", c.KafkaVersion, "must be %s, which are built here; for another version give a ready kafka-kraft:image", strings.Join(built, " or "))
		}
		return
	}
	if major, minor, ok := majorMinor(c.KafkaVersion); !ok || major < 4 || major == 4 && minor < 2 {
		p.add("kafkaVersion", c.KafkaVersion, "must be the release in kafka-kraft:image, such as %s, and at least 4.2.0, where controllers can join a quorum by themselves", image.KafkaVersion)
	}
}

func majorMinor(text string) (major, minor int, ok bool) {
	parts := version.FindStringSubmatch(text)
	if parts == nil {
		return 0, 0, false
	}
	major, _ = strconv.Atoi(parts[1]) // at most four digits, the pattern says
	minor, _ = strconv.Atoi(parts[2])
	return major, minor, true
}

func (c Config) checkReplication(p *Problems) {
	switch rf := c.ReplicationFactor; {
	case rf < 0 || rf > 32767: // int16 in Kafka's protocol
		p.add("replicationFactor", strconv.Itoa(rf), "must be from 1 to the number of brokers, or 0 for the default")
	case rf > c.Brokers:
		p.add("replicationFactor", strconv.Itoa(rf), "must not be more than the number of brokers (%d)", c.Brokers)
	}
	switch m := c.MinInSyncReplicas; {
	case m < 0:
		p.add("minInSyncReplicas", strconv.Itoa(m), "must be at least 1, or 0 for the default")
	case m > 1 && m >= c.Replication():
		p.add("minInSyncReplicas", strconv.Itoa(m), "must be less than the replication factor (%d), or no replica could ever stop without stopping producers", c.Replication())
	}
}

func (c Config) checkStorage(p *Problems) {
	s := c.Storage
	checkQuantity(p, "storage.size", s.Size, "1Mi", true)
	checkQuantity(p, "storage.controllerSize", s.ControllerSize, "1Mi", true)
	checkQuantity(p, "storage.metadataSize", s.MetadataSize, "1Mi", false)
	for key, name := range sorted(map[string]string{"storage.className": s.ClassName, "storage.volumeName": s.VolumeName}) {
		if name != "" && invalid(validation.IsDNS1123Subdomain(name)) != "" {
			p.add(key, name, "must be lower-case letters, digits, dashes and dots")
		}
	}
	switch s.Mode {
	case Shared:
		if !path.IsAbs(s.HostPath) || path.Clean(s.HostPath) != s.HostPath || s.HostPath == "/" || strings.ContainsAny(s.HostPath, "\x00:") {
			p.add("storage.hostPath", s.HostPath, "must be an absolute path of the node without . or .., and not / itself")
		}
		if c.Topology == topology.Separated {
			p.add("storage.mode", string(s.Mode), "a separated cluster needs a claim for every pod: use perPod")
		}
		c.checkVolumeNode(p)
		if s.ClassName != "" {
			p.add("storage.className", s.ClassName, "the shared volume is a hostPath, without a class: use mode perPod, or leave it out")
		}
		if s.MetadataSize != "" {
			p.add("storage.metadataSize", string(s.MetadataSize), "the shared volume holds metadata, too: use mode perPod, or leave it out")
		}
		if c.Scheduling.AntiAffinity == HardAntiAffinity {
			p.add("scheduling.antiAffinity", string(HardAntiAffinity), "the shared volume lives on one node, so pods must be allowed to share it: use soft or none")
		}
	case PerPod:
		if s.Node != "" {
			p.add(node, s.Node, "only the shared volume is a node's directory; claims know where they are: leave it out")
		}
		if s.MetadataSize != "" && c.Topology == topology.Separated {
			p.add("storage.metadataSize", string(s.MetadataSize), "separated controllers hold nothing but metadata: use storage.controllerSize")
		}
	default:
		p.add("storage.mode", string(s.Mode), "must be shared or perPod")
	}
}

// checkVolumeNode judges the node of the shared volume.
func (c Config) checkVolumeNode(p *Problems) {
	name := c.Storage.Node
	if name != "" && invalid(validation.IsDNS1123Subdomain(name)) != "" {
		p.add(node, name, "must be the name of a Kubernetes node, as kubectl get nodes shows it")
	}
	if other, found := c.Scheduling.NodeSelector[hostname]; found {
		p.add("scheduling.nodeSelector."+hostname, other, "the shared volume lives on one node, which kafka-kraft:%s names", node)
	}
}

// checkNode judges a role's resources.
func checkNode(p *Problems, key string, n Node) {
	heap := checkQuantity(p, key+".heap", n.Heap, "64Mi", true)
	cpuRequest := checkQuantity(p, key+".cpuRequest", n.CPURequest, "1m", true)
	cpuLimit := checkQuantity(p, key+".cpuLimit", n.CPULimit, "1m", false)
	memoryRequest := checkQuantity(p, key+".memoryRequest", n.MemoryRequest, "64Mi", true)
	memoryLimit := checkQuantity(p, key+".memoryLimit", n.MemoryLimit, "64Mi", true)
	checkQuantity(p, key+".ephemeralStorage", n.EphemeralStorage, "64Mi", true)
	if less(cpuLimit, cpuRequest) {
		p.add(key+".cpuLimit", string(n.CPULimit), "must not be less than %s.cpuRequest (%s)", key, n.CPURequest)
	}
	if less(memoryLimit, memoryRequest) {
		p.add(key+".memoryLimit", string(n.MemoryLimit), "must not be less than %s.memoryRequest (%s)", key, n.MemoryRequest)
	}
	if heap != nil && memoryLimit != nil && heap.Value() > memoryLimit.Value()-contract.BesideHeap(memoryLimit.Value()) {
		p.add(key+".heap", string(n.Heap), "must leave a quarter and at least %dMi of %s.memoryLimit (%s) to what Kafka has beside it, or the kernel kills the pod", contract.LeastBesideHeap>>20, key, n.MemoryLimit)
	}
	if strings.ContainsFunc(n.JVMOptions, control) {
		p.add(key+".jvmOptions", n.JVMOptions, "must be one line")
	}
	for _, option := range strings.Fields(n.JVMOptions) {
		if !strings.HasPrefix(option, "-") {
			p.add(key+".jvmOptions", option, "must be flags of the JVM, each beginning with a dash")
		}
		if strings.HasPrefix(option, "-Xmx") || strings.HasPrefix(option, "-Xms") {
			p.add(key+".jvmOptions", option, "the heap has a key of its own: %s.heap", key)
		}
	}
	for _, problem := range properties.Check(n.Properties) {
		p.add(key+".properties."+problem.Name, n.Properties[problem.Name], "%s", reason(problem))
	}
}

// checkProperties judges the names of properties. Those of a release that is not built
// here, in a ready image, only Kafka itself knows.
func (c Config) checkProperties(p *Problems) {
	if slices.Contains(c.Waive, rule.UnknownProperty) {
		return
	}
	for key, n := range sorted(map[string]Node{"broker": c.Broker, "controller": c.Controller}) {
		for _, problem := range properties.Unknown(c.KafkaVersion, n.Properties) {
			p.add(key+".properties."+problem.Name, n.Properties[problem.Name], "%s (if a plugin of yours reads it, add %s to kafka-kraft:waive)", problem.Reason, rule.UnknownProperty)
		}
	}
}

func abs(n int) int { return max(n, -n) }

func control(r rune) bool { return r < ' ' || r == 0x7f }

func (c Config) checkExternal(p *Problems) {
	e := c.External
	switch e.Type {
	case NoExternal:
		return
	case NodePort:
	default:
		p.add("external.type", string(e.Type), "must be none or nodePort")
		return
	}
	if bare := strings.Trim(e.Host, "[]"); bare != e.Host && net.ParseIP(bare) != nil {
		p.add("external.host", e.Host, "must be without brackets, which are put around it where a port follows: %s", bare)
	} else if net.ParseIP(e.Host) == nil && (invalid(validation.IsDNS1123Subdomain(e.Host)) != "" || looksLikeAddress(e.Host)) {
		p.add("external.host", e.Host, "must be the name or address of a Kubernetes node, as clients outside reach it")
	}
	last := lastNodePort - max(c.Brokers, 0)
	if e.BasePort < firstNodePort || e.BasePort > last {
		p.add("external.basePort", strconv.Itoa(e.BasePort), "must be from %d to %d, so that the ports of all %d brokers, one after the other behind it, are NodePorts", firstNodePort, last, c.Brokers)
	}
}

func (c Config) checkMoves(p *Problems) {
	switch c.Moves.Rebalance {
	case placement.None, placement.New, placement.Full:
	default:
		p.add("moves.rebalance", string(c.Moves.Rebalance), "must be none, new or full")
	}
	checkQuantity(p, "moves.throttle", c.Moves.Throttle, "64Ki", false)
}

func (c Config) checkLogging(p *Problems) {
	switch c.Logging.Format {
	case TextLogs, JSONLogs:
	default:
		p.add("logging.format", string(c.Logging.Format), "must be text or json")
	}
}

// looksLikeAddress catches 10.0.0.256, which is a fine DNS name and surely a slip.
func looksLikeAddress(host string) bool {
	return strings.Trim(host, "0123456789.") == ""
}

func (c Config) checkScheduling(p *Problems) {
	s := c.Scheduling
	switch s.AntiAffinity {
	case NoAntiAffinity, SoftAntiAffinity, HardAntiAffinity:
	default:
		p.add("scheduling.antiAffinity", string(s.AntiAffinity), "must be none, soft or hard")
	}
	if s.SpreadKey != "" && invalid(validation.IsQualifiedName(s.SpreadKey)) != "" {
		p.add("scheduling.spreadKey", s.SpreadKey, "must be a node label such as topology.kubernetes.io/zone, or empty")
	}
	if s.PriorityClass != "" && invalid(validation.IsDNS1123Subdomain(s.PriorityClass)) != "" {
		p.add("scheduling.priorityClass", s.PriorityClass, "must be the name of a PriorityClass")
	}
	for key, value := range sorted(s.NodeSelector) {
		path := "scheduling.nodeSelector." + key
		if invalid(validation.IsQualifiedName(key)) != "" {
			p.add(path, value, "is not a node label")
		}
		if invalid(validation.IsValidLabelValue(value)) != "" {
			p.add(path, value, "must be a label's value: at most %d letters, digits, dashes, dots and underscores", maxLabel)
		}
	}
	for i, t := range s.Tolerations {
		checkToleration(p, "scheduling.tolerations["+strconv.Itoa(i)+"]", t)
	}
}

func checkToleration(p *Problems, path string, t Toleration) {
	switch t.Operator {
	case "", "Equal":
		if t.Key == "" {
			p.add(path+".key", "", "must be given unless the operator is Exists")
		}
	case "Exists":
		if t.Value != "" {
			p.add(path+".value", t.Value, "must be left out with operator Exists")
		}
	default:
		p.add(path+".operator", t.Operator, "must be Exists or Equal")
	}
	if t.Key != "" && invalid(validation.IsQualifiedName(t.Key)) != "" {
		p.add(path+".key", t.Key, "must be a taint's key")
	}
	if invalid(validation.IsValidLabelValue(t.Value)) != "" {
		p.add(path+".value", t.Value, "must be a taint's value")
	}
	switch t.Effect {
	case "", "NoSchedule", "PreferNoSchedule", "NoExecute":
	default:
		p.add(path+".effect", t.Effect, "must be NoSchedule, PreferNoSchedule, NoExecute or empty")
	}
}

// checkTimes judges times by each other; their own limits are in their tags.
func (c Config) checkTimes(p *Problems) {
	if c.Probes.LivenessSeconds < c.Probes.PeriodSeconds {
		p.add("probes.livenessSeconds", strconv.Itoa(c.Probes.LivenessSeconds), "must be at least probes.periodSeconds (%d)", c.Probes.PeriodSeconds)
	}
	// Kafka's own controlled shutdown needs what is left of the grace period: it
	// moves its leaders away, flushes its logs, and asks for consent that may take
	// 20 s to be found hopeless (the agent's consentIsHopeless).
	const shutdown = 30
	if c.StopGateSeconds > c.TerminationGraceSeconds-shutdown {
		p.add("stopGateSeconds", strconv.Itoa(c.StopGateSeconds), "must leave Kafka %d of the terminationGraceSeconds (%d) to stop in", shutdown, c.TerminationGraceSeconds)
	}
}

func checkRange(p *Problems, key string, value, least, most int) {
	if value < least || value > most {
		p.add(key, strconv.Itoa(value), "must be from %d to %d", least, most)
	}
}

// checkQuantity returns nil for a quantity that is left out or wrong.
func checkQuantity(p *Problems, key string, q Quantity, least string, required bool) *resource.Quantity {
	if q == "" && !required {
		return nil
	}
	parsed, err := q.parse()
	if err != nil {
		p.add(key, string(q), "must be a Kubernetes quantity such as 500m, 1, 512Mi or 10Gi")
		return nil
	}
	if lowest := resource.MustParse(least); parsed.Cmp(lowest) < 0 {
		p.add(key, string(q), "must be at least %s", least)
		return nil
	}
	if most := resource.MustParse("1Pi"); parsed.Cmp(most) > 0 {
		p.add(key, string(q), "must be at most 1Pi")
		return nil
	}
	return &parsed
}

func less(a, b *resource.Quantity) bool { return a != nil && b != nil && a.Cmp(*b) < 0 }

// invalid joins what Kubernetes says about a name; "" is well.
func invalid(reasons []string) string { return strings.Join(reasons, "; ") }
