package bench

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// heading is the table's first two lines.
const heading = `| what | against | ours: median (p90) | theirs: median (p90) | ratio | aim | |
|---|---|---|---|---|---|---|
`

// Table is every row of the results as a Markdown table.
func Table(results []Result) string {
	var text strings.Builder
	text.WriteString(heading)
	for _, result := range results {
		for _, row := range result.Rows {
			fmt.Fprintf(&text, "| %s | %s | %s | %s | %.2f | %s | %s |\n", row.What, row.Against,
				row.side(row.Ours), row.side(row.Theirs), row.Ratio(), row.Aim, row.verdict())
		}
	}
	return text.String()
}

// Summary is the rows that have an aim, by their ratios, and where they come from.
func Summary(results []Result) string {
	var text strings.Builder
	text.WriteString("| what | against | ratio | aim | |\n|---|---|---|---|---|\n")
	var places []string
	for _, result := range results {
		aims := 0
		for _, row := range result.Rows {
			if (row.Aim != Aim{}) {
				aims++
				fmt.Fprintf(&text, "| %s | %s | %.2f | %s | %s |\n", row.What, row.Against, row.Ratio(), row.Aim, row.verdict())
			}
		}
		place := result.Date.UTC().Format("2006-01-02") + " on " + result.Machine.String()
		if aims > 0 && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	fmt.Fprintf(&text, "\nMeasured %s.\n", strings.Join(places, ", and "))
	return text.String()
}

// Markdown is the page of the results: the table, and what and how was measured.
func Markdown(results []Result) string {
	var text strings.Builder
	text.WriteString("# Benchmark\n\nMade by `make bench`. The ratio is our median by theirs.\n\n")
	text.WriteString(Table(results))
	for _, result := range results {
		fmt.Fprintf(&text, "\n## %s\n\n%s\n\n", result.Case, result.How)
		for _, side := range result.Sides {
			fmt.Fprintf(&text, "- **%s**: %s\n", side.Name, side.Is)
		}
		times := "Once"
		if result.Pairs > 1 {
			times = fmt.Sprintf("%d times", result.Pairs)
		}
		fmt.Fprintf(&text, "\n%s each, in turns, in %s, until %s, on %s%s.\n", times,
			time.Duration(result.Took).Round(time.Second), result.Date.UTC().Format("2006-01-02 15:04 UTC"), result.Machine, versions(result.Machine))
	}
	return text.String()
}

// versions of what took part, as the end of a sentence.
func versions(m Machine) string {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(m.Versions)) {
		fmt.Fprintf(&text, "; %s: %s", name, m.Versions[name])
	}
	return text.String()
}

// String is the aim as the table says it.
func (a Aim) String() string {
	var parts []string
	if a.Ratio != 0 {
		sign := "≤"
		if a.AtLeast {
			sign = "≥"
		}
		parts = append(parts, fmt.Sprintf("%s %.2f", sign, a.Ratio))
	}
	if a.Ceiling != 0 {
		parts = append(parts, "ours ≤ "+strconv.FormatFloat(a.Ceiling, 'f', -1, 64))
	}
	return cmp.Or(strings.Join(parts, ", "), "–")
}

func (r Row) verdict() string {
	switch {
	case r.Aim == Aim{}:
		return ""
	case r.Met():
		return "met"
	default:
		return "**missed**"
	}
}

// side is the figures of one side; the p90 of a single figure says nothing new.
func (r Row) side(s Samples) string {
	if len(s) == 1 {
		return figure(s[0]) + " " + r.Unit
	}
	return fmt.Sprintf("%s (%s) %s", figure(s.Median()), figure(s.P90()), r.Unit)
}

// figure has three digits that say something.
func figure(f float64) string {
	digits := max(0, 2-int(math.Floor(math.Log10(math.Abs(f)))))
	return strconv.FormatFloat(f, 'f', min(digits, 3), 64)
}
