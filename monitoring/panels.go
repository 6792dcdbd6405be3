package monitoring

// query is a question and what its lines are called.
type query struct{ expr, legend string }

// Units of Grafana that we use.
const (
	plain        = "short"
	share        = "percentunit" // 0 to 1
	bytesEach    = "bytes"
	bytesPerS    = "Bps"
	perSecond    = "ops"
	milliseconds = "ms"
	seconds      = "s"
)

// graph is lines over time.
func graph(title, description, unit string, queries ...query) Panel {
	panel := shown("timeseries", title, description, unit, queries)
	zero := 0.0
	panel.FieldConfig.Defaults.Min = &zero
	if unit == share {
		one := 1.0
		panel.FieldConfig.Defaults.Max = &one
	}
	panel.Options = map[string]any{
		"legend":  map[string]any{"displayMode": "list", "placement": "bottom", "showLegend": true},
		"tooltip": map[string]any{"mode": "multi", "sort": "desc"},
	}
	return panel
}

// number is one number of now, red where it is bad.
func number(title, description, expr string, steps ...Step) Panel {
	panel := shown("stat", title, description, plain, []query{{expr, ""}})
	panel.Targets[0].Instant = true
	panel.FieldConfig.Defaults.Color = &Color{Mode: "thresholds"}
	panel.FieldConfig.Defaults.Thresholds = &Thresholds{Mode: "absolute", Steps: steps}
	panel.Options = map[string]any{
		"colorMode": "value", "graphMode": "none", "justifyMode": "auto", "textMode": "auto",
		"reduceOptions": map[string]any{"calcs": []string{"lastNotNull"}, "fields": "", "values": false},
	}
	return panel
}

// onlyZero are the steps of a whole number that should be none.
func onlyZero() []Step { one := 1.0; return []Step{{"green", nil}, {"red", &one}} }

// onlyGood are the steps of a whole number that is good at one value alone.
func onlyGood(value float64) []Step {
	above := value + 1
	return []Step{{"red", nil}, {"green", &value}, {"red", &above}}
}

// neutral is the step of a number that is neither good nor bad.
func neutral() []Step { return []Step{{"text", nil}} }

func shown(kind, title, description, unit string, queries []query) Panel {
	panel := Panel{
		Type: kind, Title: title, Description: description, Datasource: &prometheus,
		FieldConfig: &FieldConfig{Defaults: FieldDefaults{Unit: unit}, Overrides: []any{}},
	}
	for i, q := range queries {
		panel.Targets = append(panel.Targets, Target{
			RefID: string(rune('A' + i)), Datasource: prometheus, Expr: q.expr, LegendFormat: q.legend,
		})
	}
	return panel
}

// section is a heading and the panels below it.
type section struct {
	title  string
	panels []Panel
}

// columns is the width of Grafana's grid.
const columns = 24

// laid gives every panel its place: numbers six in a row, graphs two.
func laid(sections ...section) []Panel {
	var all []Panel
	y := 0
	add := func(panel Panel, at GridPos) {
		panel.ID, panel.GridPos = len(all)+1, at
		all = append(all, panel)
	}
	for _, s := range sections {
		add(Panel{Type: "row", Title: s.title}, GridPos{H: 1, W: columns, Y: y})
		y++
		x, height := 0, 0
		for _, panel := range s.panels {
			size := GridPos{W: columns / 2, H: 8}
			if panel.Type == "stat" {
				size = GridPos{W: columns / 6, H: 4}
			}
			if x+size.W > columns || height != 0 && size.H != height {
				x, y = 0, y+height
			}
			size.X, size.Y = x, y
			add(panel, size)
			x, height = x+size.W, size.H
		}
		y += height
	}
	return all
}
