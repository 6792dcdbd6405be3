package main

import "time"

// portWatch turns the outcome of each request into a portView.
type portWatch struct {
	everAnswers bool
	silentSince time.Time
}

func (w *portWatch) saw(now time.Time, answered, refused bool) portView {
	switch {
	case answered:
		w.everAnswers, w.silentSince = true, time.Time{}
	case refused:
		w.silentSince = time.Time{}
	case w.silentSince.IsZero():
		w.silentSince = now
	}
	view := portView{answering: answered, everAnswers: w.everAnswers}
	if !w.silentSince.IsZero() {
		view.silentFor = now.Sub(w.silentSince)
	}
	return view
}
