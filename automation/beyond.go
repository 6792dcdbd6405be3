package automation

import (
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kafka-kraft/kafka-kraft/components/rollout"
	"github.com/kafka-kraft/kafka-kraft/stacks"
	"github.com/kafka-kraft/kafka-kraft/stacks/survey"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// beyond is what Kafka has and the plan has not. Pulumi's refresh cannot see it: after
// somebody scaled up and down again by hand, every object is as it was. What does not
// answer is no difference.
func (s *Stack) beyond(ctx context.Context) []Difference {
	client, _, err := s.kubernetes(looking)
	if err != nil {
		return nil
	}
	var found []Difference
	add := func(text string) {
		// Several pods may say the same.
		if !slices.ContainsFunc(found, func(has Difference) bool { return has.Beyond == text }) {
			found = append(found, Difference{Beyond: text})
		}
	}
	seen, err := survey.Look(ctx, client, "", stacks.Wanted(s.config))
	if err != nil {
		return nil
	}
	for _, pool := range s.config.Plan().Pools {
		for _, text := range leftBehind(pool, seen) {
			add(text)
		}
		set, err := client.AppsV1().StatefulSets(s.config.KubeNamespace).Get(ctx, pool.Name, metav1.GetOptions{})
		if err != nil {
			continue
		}
		_, remarks := rollout.CatchUp(ctx, client, set)
		for _, remark := range remarks {
			add(remark)
		}
	}
	return found
}

// leftBehind are the pods of a pool that ran beyond the plan: their records are on claims
// that nobody runs.
func leftBehind(pool topology.Pool, seen survey.Found) []string {
	var found []string
	for _, ordinal := range slices.Sorted(slices.Values(seen.Sets[pool.Name].Ran)) {
		if ordinal < pool.Replicas {
			continue
		}
		if pool.Has(topology.Controller) && !pool.Has(topology.Broker) {
			found = append(found, fmt.Sprintf("controller %d (%s) is beyond the plan: up takes its vote away if it has one, and nothing else of it is needed: delete its claims",
				pool.NodeID(ordinal), pool.Pod(ordinal)))
			continue
		}
		found = append(found, fmt.Sprintf("node %d (%s) is beyond the plan: if it is a broker, move its records away first (kafka-reassign-partitions.sh), "+
			"then kafka-cluster.sh unregister --bootstrap-server localhost:9092 --id %[1]d, and delete its claims", pool.NodeID(ordinal), pool.Pod(ordinal)))
	}
	return found
}
