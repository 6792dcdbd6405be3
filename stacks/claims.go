package stacks

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// sized is the plan with the quorum as it began, and with claims as they can be: never smaller
// than they are, and with the first size for life where Kubernetes wants it. notes are what is not as configured.
func (s stack) sized(e estate) (plan topology.Plan, notes []string) {
	plan = s.Plan().FoundedBy(s.founders(e))
	first := s.firstSizes(e)
	larger := map[string][]string{}
	for key, c := range claimsOf(plan) {
		c.TemplateSize = string(first[key])
		for _, pod := range c.pods {
			wanted, is := quantity(c.Size), e.found.Claims[c.Of(pod)]
			size := sizeOf(is, wanted)
			if size.Cmp(wanted) == 0 {
				continue
			}
			if c.Sizes == nil {
				c.Sizes = map[string]string{}
			}
			c.Sizes[pod] = size.String()
			larger[key] = append(larger[key], fmt.Sprintf("%s (%s)", c.Of(pod), size.String()))
		}
	}
	for key := range larger {
		notes = append(notes, fmt.Sprintf("%s:%s: claims are larger than this and stay so, since nothing makes a volume smaller: %s",
			Namespace, key, strings.Join(larger[key], ", ")))
	}
	slices.Sort(notes)
	return plan, notes
}

// planned is one of a plan's claims, and the pods that have it.
type planned struct {
	*topology.Claim
	pods []string
}

// claimsOf are a plan's claims, to be written to, by the key with their size.
func claimsOf(plan topology.Plan) map[string]planned {
	found := map[string]planned{}
	for i := range plan.Pools {
		pool := &plan.Pools[i]
		for j := range pool.Claims {
			c := planned{Claim: &pool.Claims[j], pods: pool.Pods()}
			found[config.SizeKey(*pool, *c.Claim)] = c
		}
	}
	return found
}

// sizeOf is how large a claim is to be. What somebody else made larger stays so; what never
// got a volume holds nothing, and is made anew.
func sizeOf(is survey.Claim, wanted resource.Quantity) resource.Quantity {
	back := is.Infeasible && wanted.Cmp(is.Capacity) > 0
	if !is.Bound || back || wanted.Cmp(is.Requested) > 0 {
		return wanted
	}
	return is.Requested
}

// firstSizes are those that the StatefulSets have for life, if there are any: by what is
// remembered, or else by what runs.
func (s stack) firstSizes(e estate) config.Sizes {
	first := config.FirstSizes(s.remembered(e).record)
	for _, pool := range s.plan.Pools {
		for _, claim := range pool.Claims {
			key := config.SizeKey(pool, claim)
			first[key] = cmp.Or(first[key], config.Quantity(e.found.Sets[pool.Name].Templates[claim.Name]))
			if first[key] == "" {
				delete(first, key)
			}
		}
	}
	return first
}

// facts are what is remembered of the stack from now on, see config.Config.Record.
func (s stack) facts(e estate) string {
	record := config.WithFeatures(s.Record(), s.finalised(e))
	return config.WithControllers(config.WithFirstSizes(record, s.firstSizes(e)), s.founders(e), s.Voters())
}

// had are the sizes below which claims must not go: what they were last given, or less, if
// that has not come to any of them or cannot.
func (s stack) had(e estate, record string) config.Sizes {
	had := config.LastSizes(record)
	for key, c := range claimsOf(s.Plan()) {
		last, remembered := had[key]
		var largest resource.Quantity
		for _, pod := range c.pods {
			is := e.found.Claims[c.Of(pod)]
			size := is.Requested
			if is.Infeasible {
				size = is.Capacity
			}
			if is.Bound && size.Cmp(largest) > 0 {
				largest = size
			}
		}
		if remembered && !largest.IsZero() && largest.Cmp(quantity(string(last))) < 0 {
			had[key] = config.Quantity(largest.String())
		}
	}
	return had
}

// growth refuses what Kubernetes would: a volume of a class that cannot grow.
func (s stack) growth(e estate) config.Problems {
	var problems config.Problems
	for _, pool := range s.Plan().Pools {
		for _, claim := range pool.Claims {
			key := config.SizeKey(pool, claim)
			stuck := map[string][]string{} // claims by class
			for _, pod := range pool.Pods() {
				is := e.found.Claims[claim.Of(pod)]
				size := sizeOf(is, quantity(claim.Size))
				if is.Bound && size.Cmp(is.Requested) > 0 && e.found.Classes != nil && !e.found.Classes[is.Class] {
					stuck[is.Class] = append(stuck[is.Class], fmt.Sprintf("%s (%s)", claim.Of(pod), is.Requested.String()))
				}
			}
			for class, claims := range stuck {
				problems = append(problems, config.Problem{Key: key, Value: fmt.Sprintf("%q", claim.Size), Want: cannotGrow(class, claims)})
			}
		}
	}
	return problems
}

func cannotGrow(class string, claims []string) string {
	all := strings.Join(claims, ", ")
	if class == "" {
		return "claims have no StorageClass, so nobody can make their volumes larger: " + all + "; set it back"
	}
	return fmt.Sprintf("StorageClass %[1]s does not let volumes grow (allowVolumeExpansion), and so not claims %[2]s: set it back, or, "+
		"if its driver can: kubectl patch storageclass %[1]s -p '{\"allowVolumeExpansion\":true}'", class, all)
}

// claimType is the token of a claim.
const claimType = "kubernetes:core/v1:PersistentVolumeClaim"

// asTheyAre keeps Pulumi from replacing a claim that has a volume, whatever is said of its
// class, and makes it replace one that has none, of which Kubernetes lets nothing be changed.
func (e estate) asTheyAre(preview bool) pulumi.ResourceOption {
	return pulumi.Transformations([]pulumi.ResourceTransformation{
		func(args *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
			claim, isClaim := args.Props.(*corev1.PersistentVolumeClaimArgs)
			is, there := e.found.Claims[args.Name]
			if !isClaim || !there {
				return nil
			}
			options := []pulumi.ResourceOption{pulumi.IgnoreChanges([]string{"spec.storageClassName"})}
			if !is.Bound {
				options = []pulumi.ResourceOption{pulumi.ReplaceOnChanges([]string{"spec.resources"}), pulumi.DeleteBeforeReplace(true)}
				if preview && differs(claim, is) {
					unforeseen(claim)
				}
			}
			return &pulumi.ResourceTransformationResult{Props: args.Props, Opts: slices.Concat(args.Opts, options)}
		},
	})
}

// differs reports whether a claim is to be another than it is. The class may be left to
// Kubernetes, which then says itself which one that is.
func differs(claim *corev1.PersistentVolumeClaimArgs, is survey.Claim) bool {
	spec, _ := claim.Spec.(corev1.PersistentVolumeClaimSpecArgs)
	resources, _ := spec.Resources.(corev1.VolumeResourceRequirementsArgs)
	requests, _ := resources.Requests.(pulumi.StringMap)
	size, _ := requests["storage"].(pulumi.String)
	class, named := spec.StorageClassName.(pulumi.String)
	wanted := quantity(string(size))
	return wanted.Cmp(is.Requested) != 0 || named && string(class) != is.Class
}

// unforeseen keeps the plugin from asking the API server what would become of a claim: it
// would ask for a change of the one that is there, and the answer would fail the preview. It
// asks nothing of an object that is not all known.
func unforeseen(claim *corev1.PersistentVolumeClaimArgs) {
	metadata, _ := claim.Metadata.(metav1.ObjectMetaArgs)
	annotations := pulumi.StringMap{"pulumi.com/skipAwait": pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "true" }).(pulumi.StringOutput)}
	if has, ok := metadata.Annotations.(pulumi.StringMap); ok {
		for key, value := range has {
			if _, set := annotations[key]; !set {
				annotations[key] = value
			}
		}
	}
	metadata.Annotations = annotations
	claim.Metadata = metadata
}

// quantity reads what has been validated, or comes from Kubernetes.
func quantity(text string) resource.Quantity {
	parsed, _ := resource.ParseQuantity(text)
	return parsed
}
