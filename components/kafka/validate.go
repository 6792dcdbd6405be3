package kafka

import (
	"errors"
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// validate finds what would panic later, or fail only in Kubernetes. Whether the
// values are wise is the caller's business.
func (a *ClusterArgs) validate() error {
	if a == nil {
		return errors.New("arguments are missing")
	}
	problems := []error{a.Plan.Check(), a.Settings.validate()}
	for _, pool := range a.Plan.Pools {
		problems = append(problems, checkPool(pool))
	}
	if len(a.DirectoryIDs) != len(a.Plan.Initial) {
		problems = append(problems, fmt.Errorf("%d DirectoryIDs for %d voters", len(a.DirectoryIDs), len(a.Plan.Initial)))
	}
	return errors.Join(append(problems, missing("ClusterID", a.ClusterID == nil), missing("Image", a.Image == nil))...)
}

// validate is for a pool that is made alone: whether its plan goes with the others' pools
// is for who made them.
func (a *NodePoolArgs) validate() error {
	if a == nil {
		return errors.New("arguments are missing")
	}
	return errors.Join(a.Plan.Check(), checkPool(a.Pool), a.Settings.validate(),
		missing("ClusterID", a.ClusterID == nil), missing("Image", a.Image == nil),
		missing("InitialControllers", a.Pool.Has(topology.Controller) && a.InitialControllers == nil))
}

func missing(argument string, is bool) error {
	if !is {
		return nil
	}
	return fmt.Errorf("%s is missing", argument)
}

func (s Settings) validate() error {
	var problems []error
	least := func(name string, value, least int) {
		if value < least {
			problems = append(problems, fmt.Errorf("Settings.%s is %d, less than %d", name, value, least))
		}
	}
	least("Replication", s.Replication, 1)
	least("MinInSync", s.MinInSync, 1)
	least("Probes.Period", s.Probes.Period, 1) // seconds
	if _, err := time.ParseDuration(s.Timeout); err != nil {
		problems = append(problems, fmt.Errorf("Settings.Timeout: %w", err))
	}
	return errors.Join(problems...)
}

// checkPool judges what the plan takes as it is.
func checkPool(pool topology.Pool) error {
	var problems []error
	for _, quantity := range []struct {
		name, value string
		optional    bool
	}{
		{"Heap", pool.Size.Heap, false},
		{"CPURequest", pool.Size.CPURequest, false},
		{"CPULimit", pool.Size.CPULimit, true},
		{"MemoryRequest", pool.Size.MemoryRequest, false},
		{"MemoryLimit", pool.Size.MemoryLimit, false},
		{"EphemeralStorage", pool.Size.EphemeralStorage, false},
	} {
		if quantity.optional && quantity.value == "" {
			continue
		}
		if _, err := resource.ParseQuantity(quantity.value); err != nil {
			problems = append(problems, fmt.Errorf("%s %q: %w", quantity.name, quantity.value, err))
		}
	}
	for _, claim := range pool.Claims {
		if _, err := resource.ParseQuantity(claim.Size); err != nil {
			problems = append(problems, fmt.Errorf("claim %s: Size %q: %w", claim.Name, claim.Size, err))
		}
	}
	for _, p := range properties.Check(pool.Properties) {
		problems = append(problems, fmt.Errorf("property %s %s", p.Name, p.Reason))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("pool %s: %w", pool.Name, err)
	}
	return nil
}
