package bench

import (
	"errors"
	"fmt"
	"math"
)

// Aim is what a ratio of ours to theirs must reach.
type Aim struct {
	// Ratio is the limit; 0 means that the row has no aim and is there for context.
	Ratio float64 `json:"ratio,omitempty"`
	// AtLeast turns the limit round: for figures of which more is better.
	AtLeast bool `json:"atLeast,omitempty"`
	// Ceiling is a limit for our own median, in the row's unit; 0 means none.
	Ceiling float64 `json:"ceiling,omitempty"`
}

// Row is one comparison: one line of the table.
type Row struct {
	// What was measured.
	What string `json:"what"`
	// Against names the opponent, as in Result.Sides.
	Against string `json:"against"`
	// Unit of all figures, such as s or MB.
	Unit   string  `json:"unit"`
	Ours   Samples `json:"ours"`
	Theirs Samples `json:"theirs"`
	Aim    Aim     `json:"aim"`
}

// Ratio is our median by theirs.
func (r Row) Ratio() float64 { return r.Ours.Median() / r.Theirs.Median() }

// Met reports whether the aim is reached; a row without an aim always is.
func (r Row) Met() bool {
	met := true
	switch {
	case r.Aim.Ratio == 0:
	case r.Aim.AtLeast:
		met = r.Ratio() >= r.Aim.Ratio
	default:
		met = r.Ratio() <= r.Aim.Ratio
	}
	return met && (r.Aim.Ceiling == 0 || r.Ours.Median() <= r.Aim.Ceiling)
}

// Check says what keeps the row from being a comparison.
func (r Row) Check() error {
	var errs []error
	for name, samples := range map[string]Samples{"ours": r.Ours, "theirs": r.Theirs} {
		if len(samples) == 0 {
			errs = append(errs, fmt.Errorf("%s against %s: no figures of %s", r.What, r.Against, name))
		}
		for _, figure := range samples {
			if math.IsNaN(figure) || math.IsInf(figure, 0) || figure <= 0 {
				errs = append(errs, fmt.Errorf("%s against %s: %s: %v is no measurement", r.What, r.Against, name, figure))
			}
		}
	}
	if r.What == "" || r.Against == "" || r.Unit == "" {
		errs = append(errs, fmt.Errorf("%q against %q in %q: every row has all three", r.What, r.Against, r.Unit))
	}
	return errors.Join(errs...)
}
