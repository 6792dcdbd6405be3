package ops

import "fmt"

// CheckLeave refuses to take voters away all at once if those that stay are no majority of those
// that there are today. Pods stop before their voters are removed, so that between the two the
// ones that stay must be able to decide alone.
//
// 5 to 3 passes; 7 to 3 does not, but 7 to 5 and then 5 to 3 do; 3 to 1 never does. It is pure,
// for previews.
func CheckLeave(today, stay []int32) error {
	if reason := leaveReason(today, stay); reason != "" {
		return refuse("no controller may leave", []string{reason})
	}
	return nil
}

// leaveReason is why voters may not leave, "" if they may.
func leaveReason(today, stay []int32) string {
	was := sorted(today)
	left := without(was, without(was, stay))
	need := majority(len(was))
	if len(left) == len(was) || len(left) >= need {
		return ""
	}
	run := "none"
	if len(left) > 0 {
		run = "only " + list(left)
	}
	reason := fmt.Sprintf("of voters %s %s would run, and %d of %d must", list(was), run, need, len(was))
	// The next odd number that still is a majority.
	if step := need + 1 - need%2; step < len(was) {
		return reason + fmt.Sprintf("; go to %d first", step)
	}
	return reason + fmt.Sprintf("; a quorum of %d cannot become smaller", len(was))
}

// majority is how many of n voters decide.
func majority(n int) int { return n/2 + 1 }
