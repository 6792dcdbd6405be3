package pki

import "time"

// Lifetimes of who says nothing else.
const (
	Lifetime   = 90 * 24 * time.Hour
	CALifetime = 10 * 365 * 24 * time.Hour
)

// Issued is when the certificate was issued that is to be in use now, of a row of them that
// began when made and of which each lives for a lifetime: a new one comes after two thirds of
// it. In between it is the same moment, however often it is asked for.
func Issued(made, now time.Time, lifetime time.Duration) time.Time {
	step := lifetime / 3 * 2
	made = made.UTC().Truncate(time.Second) // a certificate knows no less
	if step < time.Second || now.Before(made) {
		return made // or the clock of this machine goes slow
	}
	step = step.Truncate(time.Second)
	return made.Add(now.Sub(made) / step * step)
}
