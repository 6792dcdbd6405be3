package ops

import (
	"errors"
	"strings"
)

// Refusal is the error for what must not be done as the cluster is now, with what to do about it.
type Refusal struct {
	What    string   // what is not done, such as "brokers 3, 4 are not emptied"
	Reasons []string // all of them
}

func (r *Refusal) Error() string {
	if len(r.Reasons) == 1 {
		return r.What + ": " + r.Reasons[0]
	}
	return r.What + ":\n  " + strings.Join(r.Reasons, "\n  ")
}

// refuse is a refusal if there is a reason for one.
func refuse(what string, reasons []string) error {
	if len(reasons) == 0 {
		return nil
	}
	return &Refusal{What: what, Reasons: reasons}
}

// lines are the single problems of a joined error.
func lines(err error) []string {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return []string{err.Error()}
	}
	var all []string
	for _, one := range joined.Unwrap() {
		all = append(all, one.Error())
	}
	return all
}
