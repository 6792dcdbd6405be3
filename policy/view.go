package policy

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// view is a plan as the rules see it: Kafka clusters with their pools.
type view struct {
	plan     *review.Plan
	clusters []*cluster
}

// cluster is what one Kafka cluster would be after the up.
type cluster struct {
	namespace, name string
	pools           []pool
	configs         []config
}

// pool is a StatefulSet whose pods are brokers, controllers or both.
type pool struct {
	step               review.Step
	broker, controller bool
	replicas           int
	pod                map[string]any // the template's spec
}

// config is a ConfigMap with server.properties.
type config struct {
	step       review.Step
	properties map[string]string
}

const (
	statefulSet = "kubernetes:apps/v1:StatefulSet"
	configMap   = "kubernetes:core/v1:ConfigMap"
)

func newView(plan *review.Plan) view {
	v := view{plan: plan}
	for _, step := range plan.OfType(statefulSet) {
		p := pool{step: step, replicas: 1, pod: walk.Object(walk.At(step.New, "spec", "template", "spec"))}
		p.broker, p.controller = review.Roles(step.New)
		if !p.broker && !p.controller {
			continue // some other StatefulSet of a bigger program
		}
		if number, ok := walk.At(step.New, "spec", "replicas").(float64); ok {
			p.replicas = int(number)
		}
		c := v.cluster(step)
		c.pools = append(c.pools, p)
	}
	for _, step := range plan.OfType(configMap) {
		if text, ok := walk.At(step.New, "data", "server.properties").(string); ok && text != review.Unknown && text != review.Secret {
			c := v.cluster(step)
			c.configs = append(c.configs, config{step: step, properties: parse(text)})
		}
	}
	slices.SortFunc(v.clusters, func(a, b *cluster) int {
		return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.name, b.name))
	})
	return v
}

// cluster finds what the resource belongs to, by namespace and instance label.
func (v *view) cluster(step review.Step) *cluster {
	namespace, _ := walk.At(step.New, "metadata", "namespace").(string)
	name, _ := walk.At(step.New, "metadata", "labels", "app.kubernetes.io/instance").(string)
	for _, c := range v.clusters {
		if c.namespace == namespace && c.name == name {
			return c
		}
	}
	c := &cluster{namespace: namespace, name: name}
	v.clusters = append(v.clusters, c)
	return c
}

// count is how many pods have a role, and whether any do: a stopped cluster has none.
func (c *cluster) count(has func(pool) bool) int {
	sum := 0
	for _, p := range c.pools {
		if has(p) {
			sum += p.replicas
		}
	}
	return sum
}

func isBroker(p pool) bool     { return p.broker }
func isController(p pool) bool { return p.controller }

func (c *cluster) String() string {
	return fmt.Sprintf("cluster %s in namespace %s", c.name, c.namespace)
}

// containers are all of a pod's, those that prepare it included.
func (p pool) containers() []map[string]any {
	var all []map[string]any
	for _, key := range []string{"initContainers", "containers", "ephemeralContainers"} {
		for _, item := range list(p.pod[key]) {
			all = append(all, walk.Object(item))
		}
	}
	return all
}

// number reads a property that is a number, or what Kafka takes without it. ok is
// false for what Kafka would not start with.
func (c config) number(key string, without int) (value int, ok bool) {
	text, given := c.properties[key]
	if !given {
		return without, true
	}
	value, err := strconv.Atoi(text)
	return value, err == nil
}

// parse reads server.properties as far as we write it: one key=value on a line.
func parse(text string) map[string]string {
	properties := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, found := strings.Cut(line, "=")
		if found && !strings.HasPrefix(line, "#") {
			properties[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return properties
}

func list(value any) []any {
	l, _ := value.([]any)
	return l
}

func text(value any) string {
	s, _ := value.(string)
	return s
}
