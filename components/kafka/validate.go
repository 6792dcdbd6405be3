package kafka

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kafka-kraft/kafka-kraft/components/kafka/properties"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// validate finds what would panic later, or fail only in Kubernetes. Whether the
// values are wise is the caller's business.
func (a *Args) validate() error {
	problems := []error{a.Plan.Check(), checkNames(a.Plan), a.Settings.validate(a.Plan), a.Certificates.validate(), a.Gate.validate(a.Plan.Pools...)}
	for _, pool := range a.Plan.Pools {
		problems = append(problems, checkPool(a.Plan, pool))
	}
	problems = append(problems, a.Monitoring.validate(a.Settings.Metrics))
	return errors.Join(problems...)
}

// validate is for a pool that is made alone: whether its plan goes with the others' pools
// is for who made them.
func (a *NodePoolArgs) validate() error {
	if a == nil {
		return errors.New("arguments are missing")
	}
	return errors.Join(a.Plan.Check(), checkPool(a.Plan, a.Pool), a.Settings.validate(a.Plan), a.Gate.validate(a.Plan.Pools...),
		missing("ClusterID", a.ClusterID == nil), missing("Image", a.Image == nil),
		missing("Certificate", a.Plan.TLS() && a.Certificate == nil),
		missing("InitialControllers", a.Pool.Has(topology.Controller) && a.InitialControllers == nil))
}

// revisionSuffix is what Kubernetes adds to a StatefulSet's name in a label of its pods: a
// dash and up to ten characters.
const revisionSuffix = 11

// checkNames judges what Kubernetes would refuse, some of it only when pods are made.
func checkNames(plan topology.Plan) error {
	var problems []error
	label := func(what, name string, room int) {
		if reasons := validation.IsDNS1035Label(name); len(reasons) > 0 {
			problems = append(problems, fmt.Errorf("%s %q is no name for Kubernetes: %s", what, name, strings.Join(reasons, "; ")))
		} else if len(name) > room {
			problems = append(problems, fmt.Errorf("%s %q is longer than %d characters", what, name, room))
		}
	}
	label("Plan.Name", plan.Name, validation.DNS1035LabelMaxLength)
	if reasons := validation.IsDNS1123Label(plan.Namespace); len(reasons) > 0 {
		problems = append(problems, fmt.Errorf("Plan.Namespace %q is no name for Kubernetes: %s", plan.Namespace, strings.Join(reasons, "; ")))
	}
	for _, service := range []string{plan.Headless, plan.Bootstrap} {
		label("service", service, validation.DNS1035LabelMaxLength)
	}
	for _, service := range plan.NodePortServices() {
		label("service", service.Name, validation.DNS1035LabelMaxLength)
	}
	for _, pool := range plan.Pools {
		label("pool", pool.Name, validation.LabelValueMaxLength-revisionSuffix)
	}
	return errors.Join(problems...)
}

func missing(argument string, is bool) error {
	if !is {
		return nil
	}
	return fmt.Errorf("%s is missing", argument)
}

// validate finds lifetimes that are none; how long they must be is for who makes certificates.
func (c Certificates) validate() error {
	var problems []error
	for _, field := range []struct{ name, text string }{{"Certificates.Lifetime", c.Lifetime}, {"Certificates.CALifetime", c.CALifetime}} {
		if _, err := time.ParseDuration(field.text); field.text != "" && err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", field.name, err))
		}
	}
	return errors.Join(problems...)
}

func (s Settings) validate(plan topology.Plan) error {
	var problems []error
	least := func(name string, value, least int) {
		if value < least {
			problems = append(problems, fmt.Errorf("%s is %d, less than %d", "Settings."+name, value, least))
		}
	}
	least("Replication", s.Replication, 1)
	least("MinInSync", s.MinInSync, 1)
	least("Probes.Period", s.Probes.Period, 1) // seconds
	switch s.Authorization {
	case "", topology.Open:
	case topology.Warn, topology.Closed:
		if plan.Encryption != topology.Required || plan.Authentication != topology.MutualTLS {
			problems = append(problems, fmt.Errorf("Settings.Authorization %s needs Plan.Encryption %s and Plan.Authentication %s", s.Authorization, topology.Required, topology.MutualTLS))
		}
	default:
		problems = append(problems, fmt.Errorf("Settings.Authorization is %q, which is none of %s, %s and %s", s.Authorization, topology.Open, topology.Warn, topology.Closed))
	}
	if _, err := time.ParseDuration(s.Timeout); err != nil {
		problems = append(problems, fmt.Errorf("Settings.Timeout: %w", err))
	}
	return errors.Join(problems...)
}

// checkPool judges what the plan takes as it is.
func checkPool(plan topology.Plan, pool topology.Pool) error {
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
		problems = append(problems, checkClaim(pool, claim)...)
	}
	wrong := properties.Check(pool.Properties)
	if plan.TLS() {
		wrong = append(wrong, properties.CheckSecured(pool.Properties)...)
	}
	for _, p := range wrong {
		problems = append(problems, fmt.Errorf("property %s %s", p.Name, p.Reason))
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("pool %s: %w", pool.Name, err)
	}
	return nil
}

// checkClaim judges the sizes of a claim.
func checkClaim(pool topology.Pool, claim topology.Claim) []error {
	sizes := map[string]string{"Size": claim.Size}
	if claim.TemplateSize != "" {
		sizes["TemplateSize"] = claim.TemplateSize
	}
	var problems []error
	for _, pod := range slices.Sorted(maps.Keys(claim.Sizes)) {
		sizes["Sizes["+pod+"]"] = claim.Sizes[pod]
		if !slices.Contains(pool.Pods(), pod) {
			problems = append(problems, fmt.Errorf("claim %s: Sizes[%s] of no pod", claim.Name, pod))
		}
	}
	for _, field := range slices.Sorted(maps.Keys(sizes)) {
		if _, err := resource.ParseQuantity(sizes[field]); err != nil {
			problems = append(problems, fmt.Errorf("claim %s: %s %q: %w", claim.Name, field, sizes[field], err))
		}
	}
	return problems
}
