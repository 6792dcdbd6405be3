// Package expose writes metrics in the text format that Prometheus scrapes.
// https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
package expose

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// ContentType is that of Text.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Kind is what a metric's value does over time.
type Kind string

// Kinds.
const (
	Gauge   Kind = "gauge"   // goes up and down
	Counter Kind = "counter" // only grows, until the process ends
)

// Family is a metric and its samples. One without samples is not told.
type Family struct {
	Name    string
	Help    string // one sentence
	Kind    Kind
	Samples []Sample
}

// Sample is one value of a metric.
type Sample struct {
	Labels []Label
	Value  float64
}

// Label tells a sample from the others of its metric.
type Label struct{ Name, Value string }

// Add adds a sample, whose labels are pairs of name and value.
func (f *Family) Add(value float64, pairs ...string) {
	s := Sample{Value: value}
	for i := 0; i+1 < len(pairs); i += 2 {
		s.Labels = append(s.Labels, Label{pairs[i], pairs[i+1]})
	}
	f.Samples = append(f.Samples, s)
}

// Text are the metrics as Prometheus reads them.
func Text(families []Family) []byte {
	var out bytes.Buffer
	for _, f := range families {
		if len(f.Samples) == 0 {
			continue
		}
		fmt.Fprintf(&out, "# HELP %s %s\n# TYPE %s %s\n", f.Name, ofHelp.Replace(f.Help), f.Name, f.Kind)
		for _, s := range f.Samples {
			out.WriteString(f.Name)
			for i, l := range s.Labels {
				open := ","
				if i == 0 {
					open = "{"
				}
				fmt.Fprintf(&out, `%s%s="%s"`, open, l.Name, ofLabel.Replace(strings.ToValidUTF8(l.Value, "\uFFFD")))
			}
			if len(s.Labels) > 0 {
				out.WriteByte('}')
			}
			out.WriteString(" " + strconv.FormatFloat(s.Value, 'g', -1, 64) + "\n")
		}
	}
	return out.Bytes()
}

// What is written otherwise in the two places.
var (
	ofHelp  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
	ofLabel = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)
)
