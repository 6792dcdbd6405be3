// Package limits is what a quota of Kafka's limits, as inputs of resources.
package limits

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// Limits are per broker. One of 0 is none.
type Limits struct {
	ProducerByteRate       float64 `pulumi:"producerByteRate,optional"`
	ConsumerByteRate       float64 `pulumi:"consumerByteRate,optional"`
	RequestPercentage      float64 `pulumi:"requestPercentage,optional"`
	ControllerMutationRate float64 `pulumi:"controllerMutationRate,optional"`
}

// Annotate describes the inputs in the provider's schema.
func (l *Limits) Annotate(a infer.Annotator) {
	a.Describe(&l.ProducerByteRate, "Bytes a second that may be produced.")
	a.Describe(&l.ConsumerByteRate, "Bytes a second that may be fetched.")
	a.Describe(&l.RequestPercentage, "Share of the time of one thread that handles requests, in percent; with several threads more than 100.")
	a.Describe(&l.ControllerMutationRate, "Partitions a second that may be made or deleted.")
}

// Kafka's names of the limits (QuotaConfig).
const (
	producerByteRate       = "producer_byte_rate"
	consumerByteRate       = "consumer_byte_rate"
	requestPercentage      = "request_percentage"
	controllerMutationRate = "controller_mutation_rate"
)

// Limit is one of them, by Kafka's name and by ours.
type Limit struct {
	Kafka, Ours string
	Value       *float64
}

// All are all of them, set or not.
func (l *Limits) All() []Limit {
	return []Limit{
		{producerByteRate, "producerByteRate", &l.ProducerByteRate},
		{consumerByteRate, "consumerByteRate", &l.ConsumerByteRate},
		{requestPercentage, "requestPercentage", &l.RequestPercentage},
		{controllerMutationRate, "controllerMutationRate", &l.ControllerMutationRate},
	}
}

// Set are those that are set, by Kafka's names.
func (l Limits) Set() map[string]float64 {
	set := map[string]float64{}
	for _, limit := range l.All() {
		if *limit.Value != 0 {
			set[limit.Kafka] = *limit.Value
		}
	}
	return set
}

// Only are the limits that there are, of those that are spoken of.
func Only(are map[string]float64, said ...Limits) Limits {
	var found Limits
	for _, limits := range said {
		spoken := limits.Set()
		for _, limit := range found.All() {
			if _, of := spoken[limit.Kafka]; of {
				*limit.Value = are[limit.Kafka]
			}
		}
	}
	return found
}

// Strange are limits that somebody else has set to other values than these, in words.
func (l Limits) Strange(are map[string]float64) []string {
	want := l.Set()
	var differs []string
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if was, set := are[key]; set && was != want[key] {
			differs = append(differs, fmt.Sprintf("%s=%s, not %s", key, Number(was), Number(want[key])))
		}
	}
	return differs
}

// Change is what makes the limits that there are these. had are those that the program has set
// before; all others are somebody else's.
func (l Limits) Change(are map[string]float64, had Limits) (set map[string]float64, unset []string) {
	want := l.Set()
	set = map[string]float64{}
	for key, value := range want {
		if was, there := are[key]; !there || was != value {
			set[key] = value
		}
	}
	for _, key := range slices.Sorted(maps.Keys(had.Set())) {
		_, wanted := want[key]
		if _, there := are[key]; there && !wanted {
			unset = append(unset, key)
		}
	}
	return set, unset
}

// Number writes a limit.
func Number(value float64) string { return strconv.FormatFloat(value, 'f', -1, 64) }
