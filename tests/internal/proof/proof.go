// Package proof keeps what `make faults` saw: a result for every case, of its last run, as data and as a page.
package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/internal/resultfile"
)

// Result is the last run of a case.
type Result struct {
	Case string `json:"case"`
	// Fault says in a few words what was broken.
	Fault string `json:"fault"`
	// Failed says that something that must hold did not.
	Failed bool `json:"failed,omitempty"`
	// Rounds is how many times the case was run in a row, Seed what its chances were drawn from.
	Rounds int    `json:"rounds"`
	Seed   uint64 `json:"seed"`
	// Records were read back, as the case asks for.
	Records  int       `json:"records"`
	Measures []Measure `json:"measures,omitempty"`
	Date     time.Time `json:"date"`   // when it ended
	Commit   string    `json:"commit"` // of the checkout; with a + if it was changed since
	Machine  string    `json:"machine"`
}

// Measure is how long something took, in every round.
type Measure struct {
	What  string     `json:"what"`
	Bound Duration   `json:"bound,omitzero"` // 0: none
	Seen  []Duration `json:"seen"`           // in the order in which it was measured
}

// Duration is a time.Duration that is written as text.
type Duration time.Duration

// MarshalText writes it to a tenth of a second, such as 4.2s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads it.
func (d *Duration) UnmarshalText(text []byte) error {
	read, err := time.ParseDuration(string(text))
	*d = Duration(read)
	return err
}

// String is the duration to a tenth of a second.
func (d Duration) String() string { return time.Duration(d).Round(100 * time.Millisecond).String() }

// Saw notes how long something took. The same words again are another time of the same measure.
func (r *Result) Saw(what string, bound, took time.Duration) {
	at := slices.IndexFunc(r.Measures, func(m Measure) bool { return m.What == what })
	if at < 0 {
		at = len(r.Measures)
		r.Measures = append(r.Measures, Measure{What: what, Bound: Duration(bound)})
	}
	r.Measures[at].Seen = append(r.Measures[at].Seen, Duration(took))
}

// Median is the middle of what was seen, the longer one of two.
func (m Measure) Median() Duration { return slices.Sorted(slices.Values(m.Seen))[len(m.Seen)/2] }

// Worst is the longest.
func (m Measure) Worst() Duration { return slices.Max(m.Seen) }

// Met reports whether the worst is within the bound. A bound is an aim, and no test fails for it: a slow machine proves
// nothing.
func (m Measure) Met() bool { return m.Bound == 0 || m.Worst() <= m.Bound }

// Read reads results as Write left them; none if there is no such file.
func Read(path string) ([]Result, error) { return resultfile.Read[Result](path) }

// Merge puts a case's new result in the place of its old one, and leaves all others. names are all cases there are, in
// their order; what is none of them any more goes.
func Merge(results []Result, fresh Result, names []string) []Result {
	merged := slices.DeleteFunc(slices.Clone(results), func(r Result) bool {
		return r.Case == fresh.Case || !slices.Contains(names, r.Case)
	})
	merged = append(merged, fresh)
	slices.SortStableFunc(merged, func(a, b Result) int {
		return cmp.Compare(slices.Index(names, a.Case), slices.Index(names, b.Case))
	})
	return merged
}

// Write writes the results as JSON and as a page.
func Write(jsonPath, pagePath string, results []Result) error {
	return resultfile.Write(jsonPath, pagePath, results, Page(results))
}

// heading is the page up to its table.
const heading = "# What was seen to hold\n\n" +
	"Made by `make faults`; [faults.md](faults.md) tells what each case does and what must hold. A line is the last run of its\n" +
	"case. *Records checked* were acknowledged and are all there afterwards. A bound is an aim: the worst of all times that were\n" +
	"measured is held against it. `make faults CASES=… ROUNDS=… SEED=…` repeats a line.\n\n"

// Page is the results in Markdown.
func Page(results []Result) string {
	if len(results) == 0 {
		return heading + "No case has run yet.\n"
	}
	var text strings.Builder
	text.WriteString(heading)
	text.WriteString("| case | fault | measured | bound | seen: median, worst of n | records checked | | date | commit | rounds, seed |\n|---|---|---|---|---|---|---|---|---|---|\n")
	var machines []string
	for _, r := range results {
		measures := r.Measures
		if len(measures) == 0 {
			measures = []Measure{{}}
		}
		for i, m := range measures {
			first := [2]string{"`" + r.Case + "`", r.Fault}
			if i > 0 {
				first = [2]string{}
			}
			fmt.Fprintf(&text, "| %s | %s | %s | %d | %s | %s | %s | %d, %d |\n", first[0], first[1], m.cells(),
				r.Records, r.verdict(m), r.Date.UTC().Format("2006-01-02"), r.Commit, r.Rounds, r.Seed)
		}
		if !slices.Contains(machines, r.Machine) {
			machines = append(machines, r.Machine)
		}
	}
	fmt.Fprintf(&text, "\nOn %s.\n", strings.Join(machines, ", and on "))
	return text.String()
}

// cells are a measure's part of a line.
func (m Measure) cells() string {
	if len(m.Seen) == 0 {
		return "– | – | –"
	}
	bound := "–"
	if m.Bound != 0 {
		bound = m.Bound.String()
	}
	return fmt.Sprintf("%s | %s | %s, %s of %d", m.What, bound, m.Median(), m.Worst(), len(m.Seen))
}

func (r Result) verdict(m Measure) string {
	switch {
	case r.Failed:
		return "**failed**"
	case len(m.Seen) > 0 && !m.Met():
		return "held, bound **missed**"
	default:
		return "held"
	}
}
