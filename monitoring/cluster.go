package monitoring

import (
	"fmt"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/topology"
)

// Cluster is the Kafka cluster that rules and dashboards are about.
type Cluster struct {
	// Plan is the completed one: its pods are found by namespace and by the names of its pools.
	Plan topology.Plan
	// Stopped says that no pod is to run, so that nobody misses one.
	Stopped bool
}

// kafka is what sentences call it: templates of Prometheus do not know the labels of a rule.
func (c Cluster) kafka() string { return "Kafka " + c.Plan.Name }

// pods is a pattern of the names of all pods. Namespace and name of the pod are the labels that
// every scrape gives that finds pods in Kubernetes, by a PodMonitor or by annotations; labels of
// the pod itself come only with some.
func (c Cluster) pods() string {
	pools := make([]string, len(c.Plan.Pools))
	for i, pool := range c.Plan.Pools {
		pools[i] = pool.Name
	}
	return oneOf(pools) + "-[0-9]+"
}

// claims is a pattern of the names of all claims; "" if pods have none of their own.
func (c Cluster) claims() string {
	var claims []string
	for _, pool := range c.Plan.Pools {
		for _, claim := range pool.Claims {
			claims = append(claims, claim.Of(pool.Name))
		}
	}
	if len(claims) == 0 {
		return ""
	}
	return oneOf(claims) + "-[0-9]+"
}

// members is how many pods are to run.
func (c Cluster) members() int {
	count := 0
	for _, pool := range c.Plan.Pools {
		count += pool.Replicas
	}
	if c.Stopped {
		return 0
	}
	return count
}

// of are the series of a metric.
func (c Cluster) of(metric string) string {
	return fmt.Sprintf(`%s{namespace=%q,pod=~%q}`, metric, c.Plan.Namespace, c.pods())
}

// AgentEndpoint is what Kubernetes calls the port of the agent's own metrics, and so the label
// endpoint that a PodMonitor gives to what is scraped there.
const AgentEndpoint = "agent-metrics"

// kafkaOnly selects the exporter of Kafka's metrics: that the agent beside it answers, as it
// does while Kafka starts or hangs, must not look as if Kafka did.
const kafkaOnly = `endpoint!="` + AgentEndpoint + `"`

// up is whether each pod's exporter of Kafka's metrics answers.
func (c Cluster) up() string {
	return onePerPod(fmt.Sprintf(`up{namespace=%q,pod=~%q,%s}`, c.Plan.Namespace, c.pods(), kafkaOnly))
}

// perPod is one series of a metric for each pod: a pod that two jobs scrape counts once.
func (c Cluster) perPod(metric string) string { return onePerPod(c.of(metric)) }

func onePerPod(series string) string { return "max by (namespace, pod) (" + series + ")" }

// oneOf is a pattern for one of several names, which are DNS labels and so mean themselves.
func oneOf(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "(" + strings.Join(names, "|") + ")"
}
