package kafka

import (
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
)

// validate finds what would panic later, or fail only in Kubernetes. Whether the
// values are wise is the configuration's business.
func (a *ClusterArgs) validate() error {
	if a == nil {
		return errors.New("arguments are missing")
	}
	var problems []error
	problem := func(wrong bool, format string, args ...any) {
		if wrong {
			problems = append(problems, fmt.Errorf(format, args...))
		}
	}
	problem(len(a.Plan.Pools) == 0, "Plan has no pools")
	problem(len(a.DirectoryIDs) != len(a.Plan.Voters), "%d DirectoryIDs for %d voters", len(a.DirectoryIDs), len(a.Plan.Voters))
	problem(a.Namespace == nil, "Namespace is missing")
	problem(a.ClusterID == nil, "ClusterID is missing")
	problem(a.Pod.Image == nil, "Pod.Image is missing")
	problem(a.Replication < 1, "Replication is %d, less than 1", a.Replication)
	problem(a.MinInSync < 1, "MinInSync is %d, less than 1", a.MinInSync)
	if _, err := time.ParseDuration(a.Pod.Timeout); err != nil {
		problem(true, "Pod.Timeout: %w", err)
	}
	problem(a.Pod.Probes.Period < 1, "Pod.Probes.Period is %d, less than a second", a.Pod.Probes.Period)
	for _, pool := range a.Plan.Pools {
		node := a.node(pool.Broker)
		if err := node.validate(a.Pod.SharedClaim != nil); err != nil {
			problem(true, "pool %s: %w", pool.Name, err)
		}
	}
	return errors.Join(problems...)
}

func (n Node) validate(shared bool) error {
	var problems []error
	for _, quantity := range [][2]string{
		{"Heap", n.Heap}, {"CPURequest", n.CPURequest}, {"MemoryRequest", n.MemoryRequest},
		{"MemoryLimit", n.MemoryLimit}, {"EphemeralStorage", n.EphemeralStorage},
	} {
		if _, err := resource.ParseQuantity(quantity[1]); err != nil {
			problems = append(problems, fmt.Errorf("%s %q: %w", quantity[0], quantity[1], err))
		}
	}
	for _, p := range properties.Check(n.Properties) {
		problems = append(problems, fmt.Errorf("property %s %s", p.Name, p.Reason))
	}
	if shared == (len(n.Claims) > 0) {
		problems = append(problems, errors.New("records need either a shared claim or claims per pod, and not both"))
	}
	return errors.Join(problems...)
}
