package settings

// nearest returns the name that takes the fewest edits to become (Levenshtein's distance), and "" when even that one
// is so far away that a hint would only puzzle.
func nearest(name string, names []string) string {
	best, least := "", len(name)/2
	for _, candidate := range names {
		if n := edits(name, candidate); n < least {
			best, least = candidate, n
		}
	}
	return best
}

// edits counts the letters to insert, delete or replace between two words.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
