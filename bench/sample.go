package bench

import (
	"math"
	"slices"
)

// Samples are the figures of one side in the order in which they were measured.
type Samples []float64

// Median is the middle figure, or the mean of the two in the middle; NaN if there is none.
func (s Samples) Median() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}

// P90 is the smallest figure that nine tenths of all do not exceed (nearest rank); NaN if there is none. With less than
// ten figures it is the largest.
func (s Samples) P90() float64 {
	if len(s) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(s))
	return sorted[int(math.Ceil(0.9*float64(len(sorted))))-1]
}
