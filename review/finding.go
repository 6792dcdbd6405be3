package review

// Finding is what a rule has against a plan. Package policy makes them; they are here
// so that a plan's Markdown can show them.
type Finding struct {
	Rule     string // id of the rule
	Resource string // what it is about, such as "StatefulSet kafka"
	Problem  string // what is wrong, with the value that was found
	Reason   string // why there is such a rule
	Waived   bool   // somebody decided that it does not count here
}

// String is one line for people.
func (f Finding) String() string {
	text := f.Rule + ": " + f.Resource + ": " + f.Problem
	if f.Waived {
		text += " (waived)"
	}
	return text
}
