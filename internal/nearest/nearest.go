// Package nearest finds the name that was probably meant.
package nearest

import (
	"slices"
	"strings"
)

// Of is the name with the fewest letters to change, and how many those are; of several
// it is the first. There must be one.
func Of(name string, names []string) (nearest string, letters int) {
	nearest = slices.MinFunc(names, func(a, b string) int { return distance(name, a) - distance(name, b) })
	return nearest, distance(name, nearest)
}

// distance is how many letters apart two keys are (Levenshtein), letter case aside.
func distance(a, b string) int {
	x, y := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j]+1, row[j+1]+1, diagonal+cost)
		}
	}
	return row[len(y)]
}
