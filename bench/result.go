package bench

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kafka-kraft/kafka-kraft/internal/resultfile"
)

// Result is what one case measured in one run.
type Result struct {
	Case string    `json:"case"`
	Date time.Time `json:"date"` // when it ended
	// Took is how long the case took, preparations included.
	Took Duration `json:"took"`
	// Pairs is how many times every side was measured.
	Pairs   int     `json:"pairs"`
	Machine Machine `json:"machine"`
	// Sides says what each side is; the first is ours.
	Sides []Side `json:"sides"`
	Rows  []Row  `json:"rows"`
	// How says how it was measured.
	How string `json:"how"`
}

// Side is one of those who are compared.
type Side struct {
	Name string `json:"name"`
	Is   string `json:"is"` // one sentence
}

// Duration is a time.Duration that is written as text.
type Duration time.Duration

// MarshalText writes the duration in whole seconds, such as 4m10s.
func (d Duration) MarshalText() ([]byte, error) {
	return []byte(time.Duration(d).Round(time.Second).String()), nil
}

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*d = Duration(read)
	return err
}

// Check says what is wrong with a result.
func (r Result) Check() error {
	var errs []error
	if len(r.Sides) < 2 || len(r.Rows) == 0 {
		errs = append(errs, fmt.Errorf("case %s: %d sides and %d rows are no comparison", r.Case, len(r.Sides), len(r.Rows)))
	}
	for _, row := range r.Rows {
		errs = append(errs, row.Check())
		if !slices.ContainsFunc(r.Sides, func(s Side) bool { return s.Name == row.Against }) {
			errs = append(errs, fmt.Errorf("case %s: nobody is called %q", r.Case, row.Against))
		}
	}
	return errors.Join(errs...)
}

// Read reads results as Write left them; none if there is no such file.
func Read(path string) ([]Result, error) { return resultfile.Read[Result](path) }

// Merge puts a case's new result in the place of its old one, or at the end.
func Merge(results []Result, fresh Result) []Result {
	merged := slices.Clone(results)
	if at := slices.IndexFunc(merged, func(r Result) bool { return r.Case == fresh.Case }); at >= 0 {
		merged[at] = fresh
		return merged
	}
	return append(merged, fresh)
}

// Write writes the results as JSON and as Markdown.
func Write(jsonPath, markdownPath string, results []Result) error {
	return resultfile.Write(jsonPath, markdownPath, results, Markdown(results))
}
