package policy

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/internal/walk"
	"github.com/kafka-kraft/kafka-kraft/review"
)

// eachContainer runs a check over every container of every pool.
func (v view) eachContainer(problems func(pool, map[string]any) []string) []review.Finding {
	var found []review.Finding
	for _, c := range v.clusters {
		for _, p := range c.pools {
			for _, container := range p.containers() {
				for _, problem := range problems(p, container) {
					found = append(found, review.Finding{
						Resource: p.step.String(), Problem: fmt.Sprintf("container %s: %s", text(container["name"]), problem),
					})
				}
			}
		}
	}
	return found
}

// resources asks for requests of processor and memory and a limit of memory. A limit
// of processor time is no part of it: it would make Kafka slow where there is time.
func resources(v view) []review.Finding {
	return v.eachContainer(func(_ pool, container map[string]any) []string {
		var missing []string
		for _, path := range [][]string{{"requests", "cpu"}, {"requests", "memory"}, {"limits", "memory"}} {
			if walk.At(container, append([]string{"resources"}, path...)...) == nil {
				missing = append(missing, "resources."+strings.Join(path, ".")+" is missing")
			}
		}
		return missing
	})
}

// imageDigest asks for a digest wherever there can be one. An image that was built
// into the docker engine and never pushed has none that a pod could be started from;
// its tag is made from its sources, and the kubelet's own engine holds it. That is
// how a stack on one's own machine runs, and no cluster of several nodes can.
func imageDigest(v view) []review.Finding {
	return v.eachContainer(func(_ pool, container map[string]any) []string {
		image := text(container["image"])
		switch {
		case image == review.Unknown: // to be built and pushed, which gives a digest
		case strings.Contains(image, "@sha256:"):
		case slices.Contains(v.inEngine(), image):
		default:
			return []string{fmt.Sprintf("image %q has no digest", image)}
		}
		return nil
	})
}

// inEngine are the images that the program builds and does not push.
func (v view) inEngine() []string {
	var names []string
	for _, step := range v.plan.OfType("docker:index/image:Image") {
		if step.New["skipPush"] == true {
			names = append(names, text(step.New["imageName"]))
		}
	}
	return names
}
