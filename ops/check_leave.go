package ops

import "fmt"

// CheckLeave refuses to take voters away all at once if those that stay are no majority of those
// that there are today. Pods stop before their voters are removed, so that between the two the
// ones that stay must be able to decide alone.
//
// 5 to 3 passes; 7 to 3 does not, but 7 to 5 and then 5 to 3 do; 3 to 1 never does. It is pure,
// for previews.
func CheckLeave(today, stay []int32) error {
	was := sorted(today)
	left := without(was, without(was, stay))
	n, k, need := len(was), len(left), majority(len(was))
	if k == n || k >= need {
		return nil
	}
	reason := fmt.Sprintf("of voters %s only %s would run, and %d of %d must", list(was), list(left), need, n)
	if len(left) == 0 {
		reason = fmt.Sprintf("of voters %s none would run, and %d of %d must", list(was), need, n)
	}
	// The next odd number that still is a majority.
	if step := need + 1 - need%2; step < n {
		reason += fmt.Sprintf("; go to %d first", step)
	} else {
		reason += fmt.Sprintf("; %d voters cannot become fewer", n)
	}
	return &Refusal{What: "no controller may leave", Reasons: []string{reason}}
}

// majority is how many of n voters decide.
func majority(n int) int { return n/2 + 1 }
