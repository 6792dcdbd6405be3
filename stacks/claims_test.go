package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kafka-kraft/kafka-kraft/components/gates"
	"github.com/kafka-kraft/kafka-kraft/components/image"
	"github.com/kafka-kraft/kafka-kraft/components/kafka"
	"github.com/kafka-kraft/kafka-kraft/internal/testing/record"
	"github.com/kafka-kraft/kafka-kraft/stacks/config"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
)

func perPod(t *testing.T, size string) stack {
	t.Helper()
	return stackOf(t, merge(combinedKeys, map[string]string{"storage": fmt.Sprintf(`{"mode":"perPod","size":%q}`, size)}))
}

func bound(requested, capacity string) survey.Claim {
	return survey.Claim{Bound: true, Class: "standard", Requested: resource.MustParse(requested), Capacity: resource.MustParse(capacity)}
}

// claims are those of kafka-0 to kafka-2.
func claims(each ...survey.Claim) map[string]survey.Claim {
	all := map[string]survey.Claim{}
	for i, claim := range each {
		all[fmt.Sprintf("data-kafka-%d", i)] = claim
	}
	return all
}

var canGrow = map[string]bool{"standard": true, "fixed": false}

// What Kubernetes would refuse, half way through an up, is refused before it, with the key,
// its value and what there is.
func TestSizesThatCannotBe(t *testing.T) {
	ten := bound("10Gi", "10Gi")
	fixed, classless := ten, ten
	fixed.Class, classless.Class = "fixed", ""
	twenty, thirty := bound("20Gi", "20Gi"), bound("30Gi", "30Gi")
	beyond := bound("20Gi", "10Gi") // what there was no room for
	beyond.Infeasible = true
	pending := survey.Claim{Class: "fixed", Requested: resource.MustParse("10Gi")}
	before, grown := perPod(t, "10Gi").Record(), config.WithFirstSizes(perPod(t, "20Gi").Record(), config.Sizes{"storage.size": "10Gi"})
	for name, c := range map[string]struct {
		size, record string
		claims       map[string]survey.Claim
		classes      map[string]bool
		want         string // empty: well
	}{
		"the same":                            {"10Gi", before, claims(ten, ten, ten), canGrow, ""},
		"more":                                {"20Gi", before, claims(ten, ten, ten), canGrow, ""},
		"more, nothing is known":              {"20Gi", before, nil, nil, ""},
		"less":                                {"5Gi", before, claims(ten, ten, ten), canGrow, `kafka-kraft:storage.size: "5Gi": claims have 10Gi`},
		"less, nothing is known":              {"15Gi", grown, nil, nil, `kafka-kraft:storage.size: "15Gi": claims have 20Gi`},
		"less than grown":                     {"15Gi", grown, claims(twenty, twenty, twenty), canGrow, "claims have 20Gi"},
		"less than some grown":                {"15Gi", grown, claims(twenty, ten, ten), canGrow, "claims have 20Gi"},
		"back, as nothing has grown":          {"10Gi", grown, claims(ten, ten, ten), canGrow, ""},
		"back to what there is room for":      {"15Gi", grown, claims(beyond, beyond, beyond), canGrow, ""},
		"somebody else made one larger":       {"10Gi", before, claims(ten, thirty, ten), canGrow, ""},
		"more, but less than what others did": {"20Gi", before, claims(ten, thirty, ten), canGrow, ""},
		"a class that cannot":                 {"20Gi", before, claims(ten, fixed, fixed), canGrow, `kafka-kraft:storage.size: "20Gi": StorageClass fixed does not let volumes grow (allowVolumeExpansion), and so not claims data-kafka-1 (10Gi), data-kafka-2 (10Gi)`},
		"a class that is gone":                {"20Gi", before, claims(ten), map[string]bool{}, "StorageClass standard does not let volumes grow"},
		"no class":                            {"20Gi", before, claims(classless), canGrow, "claims have no StorageClass"},
		"classes may not be looked at":        {"20Gi", before, claims(fixed), nil, ""},
		"the class of one without a volume":   {"20Gi", "", claims(pending), canGrow, ""},
		"a first up that failed, less":        {"5Gi", "", claims(ten), canGrow, ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := perPod(t, c.size).check(estate{memory: memory{record: c.record}, found: survey.Found{Claims: c.claims, Classes: c.classes}})
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			assert.ErrorContains(t, err, "nothing was changed")
		})
	}
}

// A claim is never asked to be smaller than it is, and the StatefulSet never says another
// size than at first.
func TestSized(t *testing.T) {
	ten, thirty := bound("10Gi", "10Gi"), bound("30Gi", "30Gi")
	beyond := bound("40Gi", "10Gi")
	beyond.Infeasible = true
	pending := survey.Claim{Requested: resource.MustParse("10Ti")}
	e := estate{memory: memory{record: perPod(t, "10Gi").Record()}, found: survey.Found{Claims: claims(ten, thirty, beyond)}}
	plan, notes := perPod(t, "20Gi").sized(e)
	claim := plan.Pools[0].Claims[0]
	assert.Equal(t, "10Gi", claim.Template())
	assert.Equal(t, []string{"20Gi", "30Gi", "20Gi"}, []string{claim.SizeOf("kafka-0"), claim.SizeOf("kafka-1"), claim.SizeOf("kafka-2")})
	require.Len(t, notes, 1)
	assert.Contains(t, notes[0], "kafka-kraft:storage.size: claims are larger than this and stay so, since nothing makes a volume smaller: data-kafka-1 (30Gi)")

	e.found.Claims = claims(pending, beyond)
	plan, _ = perPod(t, "10Gi").sized(e)
	claim = plan.Pools[0].Claims[0]
	assert.Equal(t, "10Gi", claim.SizeOf("kafka-0"), "without a volume it is made anew")
	assert.Equal(t, "40Gi", claim.SizeOf("kafka-1"), "Kubernetes takes back only what is more than the volume has")
}

// Where nothing is remembered, the StatefulSet that runs says the size that it has for life.
func TestFirstSizeOfWhatRuns(t *testing.T) {
	set := survey.Set{Replicas: 3, Templates: map[string]string{"data": "10Gi"}}
	e := estate{found: survey.Found{Sets: map[string]survey.Set{"kafka": set}}}
	s := perPod(t, "20Gi")
	plan, _ := s.sized(e)
	assert.Equal(t, "10Gi", plan.Pools[0].Claims[0].Template())
	assert.Equal(t, config.Sizes{"storage.size": "10Gi"}, config.FirstSizes(s.facts(e)))
	plan, _ = s.sized(estate{})
	assert.Equal(t, "20Gi", plan.Pools[0].Claims[0].Template(), "nothing runs")
}

// A live stack that grows has larger claims, which are waited for, the same StatefulSets, and
// remembers both sizes.
func TestGrowth(t *testing.T) {
	kubeconfig(t)
	grown := merge(separatedKeys, map[string]string{"storage": `{"mode":"perPod","size":"20480Mi"}`})
	run := func(keys map[string]string) []record.Resource {
		all := map[string]string{"kafka-kraft:image": ready}
		for key, value := range keys {
			all["kafka-kraft:"+key] = value
		}
		resources, err := record.RunLive(all, live(t, separatedKeys), Program)
		require.NoError(t, err)
		return resources
	}
	before, after := run(separatedKeys), run(grown)
	require.Len(t, after, len(before))
	larger := 0
	for i := range before {
		size := func(r record.Resource) any { return dig(t, r.Inputs, "spec", "resources", "requests", "storage") }
		switch {
		case before[i].Type == claimType && strings.HasPrefix(before[i].Name, "data-kafka-kafka-broker-"):
			assert.Equal(t, "10Gi", size(before[i]))
			assert.Equal(t, "20Gi", size(after[i]))
			larger++
		case before[i].Type == gates.CapacityType && strings.HasSuffix(before[i].Name, "-broker"):
			assert.Equal(t, "10Gi", dig(t, before[i].Inputs, "sizes", "data-kafka-kafka-broker-2"))
			assert.Equal(t, "20Gi", dig(t, after[i].Inputs, "sizes", "data-kafka-kafka-broker-2"))
			larger++
		case before[i].Name == "record":
			facts := fmt.Sprint(dig(t, after[i].Inputs, "data", survey.RecordFacts))
			assert.Equal(t, "10Gi", string(config.FirstSizes(facts)["storage.size"]))
			assert.Equal(t, "20480Mi", string(config.LastSizes(facts)["storage.size"]))
		default:
			assert.Equal(t, before[i], after[i])
		}
	}
	assert.Equal(t, 3+1, larger, "claims, and who waits for them")
}

// Of a claim that has a volume nothing but its size is ever changed; one without is made
// anew, and a preview asks Kubernetes nothing about that.
func TestClaimsAsTheyAre(t *testing.T) {
	ten := resource.MustParse("10Gi")
	other := survey.Claim{Class: "standard", Requested: resource.MustParse("10Ti")}
	found := estate{found: survey.Found{Claims: claims(bound("10Gi", "10Gi"), survey.Claim{Class: "standard", Requested: ten}, other)}}
	run := func(preview bool) []record.Resource {
		s := perPod(t, "10Gi")
		s.plan.Pools[0].Replicas = 4
		resources, err := record.Run(nil, func(ctx *pulumi.Context) error {
			_, err := kafka.New(ctx, "kafka", &kafka.Args{Plan: s.plan, Image: image.Args{Reference: pulumi.String("kafka")}}, found.asTheyAre(preview))
			return err
		})
		require.NoError(t, err)
		return resources
	}
	of := func(resources []record.Resource, name string) record.Resource {
		return find(t, resources, claimType, name)
	}
	up := run(false)
	assert.Equal(t, []string{"spec.storageClassName"}, of(up, "data-kafka-0").Ignored)
	assert.Empty(t, of(up, "data-kafka-0").Replaces)
	for _, empty := range []string{"data-kafka-1", "data-kafka-2"} {
		assert.Equal(t, []string{"spec.resources"}, of(up, empty).Replaces)
		assert.Empty(t, of(up, empty).Ignored)
	}
	assert.Empty(t, append(of(up, "data-kafka-3").Ignored, of(up, "data-kafka-3").Replaces...), "that is not there yet")
	preview := run(true)
	skipAwait := func(r record.Resource) any {
		return dig(t, r.Inputs, "metadata", "annotations", "pulumi.com/skipAwait")
	}
	for _, name := range []string{"data-kafka-0", "data-kafka-1", "data-kafka-3"} {
		assert.Equal(t, of(up, name), of(preview, name))
	}
	assert.Equal(t, "true", skipAwait(of(up, "data-kafka-2")))
	assert.NotEqual(t, "true", skipAwait(of(preview, "data-kafka-2")), "its size is another")
}
