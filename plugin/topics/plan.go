package topics

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/ops"
)

// change is what makes a topic that is there what it shall be.
type change struct {
	partitions int32 // 0: as many as there are
	set        map[string]string
	unset      []string
}

// compare is what is to be done about a topic that is there, and why it cannot be. had are the
// keys of configuration that this program has set before; all others are somebody else's.
func compare(is ops.Topic, want ops.Topic, had map[string]string) (change, []string) {
	var c change
	var reasons []string
	switch {
	case want.Partitions == 0 || want.Partitions == is.Partitions:
	case want.Partitions > is.Partitions:
		c.partitions = want.Partitions
	default:
		reasons = append(reasons, fmt.Sprintf("it has %d partitions, and Kafka never makes them less: say %d or more, or make another topic with %d and copy the records",
			is.Partitions, is.Partitions, want.Partitions))
	}
	if want.Replicas != 0 && want.Replicas != is.Replicas {
		reasons = append(reasons, fmt.Sprintf("it has %d replicas of each partition, and replicationFactor says %d, which is not changed on a topic that is there: say %d, or reassign its partitions (kafka-reassign-partitions.sh) and refresh",
			is.Replicas, want.Replicas, is.Replicas))
	}
	for key, value := range want.Configs {
		if was, set := is.Configs[key]; !set || !same(was, value) {
			if c.set == nil {
				c.set = map[string]string{}
			}
			c.set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(had)) {
		_, wanted := want.Configs[key]
		if _, set := is.Configs[key]; set && !wanted {
			c.unset = append(c.unset, key)
		}
	}
	return c, reasons
}

// strange is what a topic that somebody else has made has other than it shall have, keys of
// configuration that are not spoken of included.
func strange(is ops.Topic, want ops.Topic) []string {
	var found []string
	if want.Partitions != 0 && want.Partitions != is.Partitions {
		found = append(found, fmt.Sprintf("%d partitions, not %d", is.Partitions, want.Partitions))
	}
	if want.Replicas != 0 && want.Replicas != is.Replicas {
		found = append(found, fmt.Sprintf("%d replicas of each, not %d", is.Replicas, want.Replicas))
	}
	keys := maps.Clone(want.Configs)
	if keys == nil {
		keys = map[string]string{}
	}
	maps.Copy(keys, is.Configs)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		was, set := is.Configs[key]
		value, wanted := want.Configs[key]
		switch {
		case set && wanted && same(was, value):
		case set && wanted:
			found = append(found, fmt.Sprintf("%s=%s, not %s", key, was, value))
		case set:
			found = append(found, fmt.Sprintf("%s=%s", key, was))
		default:
			found = append(found, "no "+key)
		}
	}
	return found
}

// same reports whether two texts are one value of a configuration. Kafka tells values as it has
// understood them: 0600 is 600, "compact, delete" is compact,delete, and TRUE is true
// (ConfigDef.convertToString).
func same(a, b string) bool {
	if a == b {
		return true
	}
	x, y := strings.Split(a, ","), strings.Split(b, ",")
	return slices.EqualFunc(x, y, func(a, b string) bool { return sameWord(strings.TrimSpace(a), strings.TrimSpace(b)) })
}

func sameWord(a, b string) bool {
	if a == b {
		return true
	}
	if x, ok := new(big.Int).SetString(a, 10); ok { // of which a float64 would lose digits
		if y, ok := new(big.Int).SetString(b, 10); ok {
			return x.Cmp(y) == 0
		}
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil {
		return x == y
	}
	truth := func(s string) bool { return strings.EqualFold(s, "true") || strings.EqualFold(s, "false") }
	return truth(a) && strings.EqualFold(a, b)
}

// spelled is what Kafka has of these keys, as they were said where it means the same.
func spelled(is map[string]string, said ...map[string]string) map[string]string {
	var found map[string]string
	for _, values := range said {
		for key, value := range values {
			now, set := is[key]
			if !set {
				continue
			}
			if found == nil {
				found = map[string]string{}
			}
			if found[key] = now; same(now, value) {
				found[key] = value
			}
		}
	}
	return found
}
