package review

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/kafka-kraft/kafka-kraft/internal/engine"
)

// longest is how much Markdown is written, in bytes. GitHub takes a comment of up to
// 65536 characters.
const longest = 60_000

// Mark is the first line of a plan's Markdown, by which a comment on a pull request is
// found again, to be written anew instead of once more.
func (p *Plan) Mark() string {
	return fmt.Sprintf("<!-- kafka-kraft: preview of %s/%s -->", p.Project, p.Stack)
}

// Markdown writes the plan for a pull request: what is dangerous first, then what
// happens to pods, then every change with its differences. findings are what rules
// have against the plan. Details that would make it longer than a comment may be are
// left out, and that is said.
func (p *Plan) Markdown(w io.Writer, findings ...Finding) error {
	page := &page{}
	page.line("%s", p.Mark())
	page.line("## Preview of stack %s", code(p.Stack))
	page.line("")
	page.line("%s", p.headline())
	p.writeFailure(page)
	p.writeLosses(page)
	writeFindings(page, findings)
	p.writePods(page)
	p.writeAnnounced(page)
	p.writeWarnings(page)
	p.writeChanges(page)
	_, err := io.WriteString(w, page.String())
	return err
}

// page is the text so far.
type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// order is how Op are listed: what hurts most comes first.
var order = []Op{Delete, Replace, Create, Import, Update, Refresh, Read, Same}

func (p *Plan) headline() string {
	if p.Failed {
		return "The preview failed."
	}
	if !p.Changed() {
		return "Nothing would change."
	}
	words := map[Op]string{
		Delete: "delete", Replace: "replace", Create: "create", Import: "take over", Update: "update", Same: "leave as they are",
	}
	count := p.Count()
	renewed := len(p.filter(Step.Renewed))
	count[Replace] -= renewed
	var parts []string
	for _, op := range order {
		if words[op] != "" && count[op] > 0 {
			parts = append(parts, fmt.Sprintf("%d to %s", count[op], words[op]))
		}
		if op == Replace && renewed > 0 {
			parts = append(parts, fmt.Sprintf("%d to renew", renewed))
		}
	}
	return "Resources: " + strings.Join(parts, ", ") + "."
}

func (p *Plan) writeFailure(page *page) {
	if !p.Failed {
		return
	}
	page.line("")
	page.line("> [!CAUTION]")
	page.line("> **The preview failed, so changes may be missing below.**")
	for _, d := range p.Diagnostics {
		page.line(">")
		page.line("> - %s", strings.ReplaceAll(d.markdown(), "\n", "\n>   "))
	}
}

// writeWarnings is for what did not keep the preview from its end.
func (p *Plan) writeWarnings(page *page) {
	if p.Failed || len(p.Diagnostics) == 0 {
		return
	}
	page.line("")
	page.line("### Warnings")
	page.line("")
	for _, d := range p.Diagnostics {
		page.line("- %s", strings.ReplaceAll(d.markdown(), "\n", "\n  "))
	}
}

// writeAnnounced is for what happens inside of Kafka, which no difference shows. Gates speak
// one after the other, in whatever order.
func (p *Plan) writeAnnounced(page *page) {
	if len(p.Announced) == 0 {
		return
	}
	page.line("")
	page.line("### What up would do and wait for")
	page.line("")
	for _, d := range slices.SortedStableFunc(slices.Values(p.Announced), func(a, b Diagnostic) int { return strings.Compare(a.URN, b.URN) }) {
		kind := engine.Type(d.URN)
		page.line("- %s %s: %s", kind[strings.LastIndex(kind, ":")+1:], code(engine.Name(d.URN)), strings.ReplaceAll(text(d.Message), "\n", "\n  "))
	}
}

// markdown is what is said, and about what.
func (d Diagnostic) markdown() string {
	about := d.Severity
	if name := engine.Name(d.URN); name != "" {
		about += ": " + code(name)
	}
	return about + ": " + text(d.Message)
}

// writeLosses is as loud as Markdown can be.
func (p *Plan) writeLosses(page *page) {
	losses := append(p.Deleted(), p.Replaced()...)
	if len(losses) == 0 {
		return
	}
	page.line("")
	page.line("> [!CAUTION]")
	page.line("> **%s would be deleted or replaced:**", plural(len(losses), "resource"))
	page.line(">")
	for _, step := range losses {
		page.line("> - %s", strings.Join(append([]string{fmt.Sprintf("**%s** %s", step.Op, title(step))}, step.remarks()...), ", "))
	}
}

// remarks are what else there is to say of a loss.
func (s Step) remarks() []string {
	var remarks []string
	if len(s.Replaces) > 0 {
		remarks = append(remarks, "because of "+codes(s.Replaces))
	}
	if s.DeleteFirst {
		remarks = append(remarks, "the old one goes before the new one comes")
	}
	if s.Retained {
		remarks = append(remarks, "it stays in the cluster and is only forgotten")
	}
	if s.Protected {
		remarks = append(remarks, "but it is protected, so the up would be refused")
	}
	if s.Leftover {
		remarks = append(remarks, "left over from an up that was interrupted")
	}
	return remarks
}

func writeFindings(page *page, findings []Finding) {
	if len(findings) == 0 {
		return
	}
	page.line("")
	page.line("### Rules")
	last := ""
	for _, f := range findings {
		if f.Rule != last {
			last = f.Rule
			state := "**broken**"
			if f.Waived {
				state = "waived"
			}
			page.line("")
			page.line("%s %s: %s", code(f.Rule), state, text(f.Reason))
			page.line("")
		}
		page.line("- %s: %s", text(f.Resource), text(f.Problem))
	}
}

func (p *Plan) writePods(page *page) {
	moves := p.Pods()
	if len(moves) == 0 {
		return
	}
	page.line("")
	page.line("### Pods")
	page.line("")
	rolling := 0
	for _, move := range moves {
		page.line("- %s", move)
		if move.Movement == Roll && !move.ByGate {
			rolling++
		}
	}
	if rolling > 1 {
		page.line("")
		page.line("These %d roll at the same time and do not wait for each other.", rolling)
	}
}

// String says what happens in a sentence.
func (p Pods) String() string {
	names := codes(p.Names)
	var how string
	switch {
	case p.Movement == Recreate:
		how = "**are replaced**: all of them stop before the first new one starts"
	case p.Movement == Roll && len(p.Names) == 1:
		how = "restarts"
	case p.Movement == Roll && p.ByGate && p.Controller:
		how = "restart one at a time, the active controller last, each when the others are ready again"
	case p.Movement == Roll:
		how = "restart in this order, each when the one before it is ready again"
	case len(p.Names) == 1:
		how = string(p.Movement) + "s"
	case p.AtOnce:
		how = string(p.Movement) + ", all at once"
	default:
		how = string(p.Movement) + ", one after the other"
	}
	sentence := fmt.Sprintf("%s: %s %s", p.who(), names, how)
	if len(p.Because) > 0 {
		const enough = 4
		because := codes(p.Because[:min(enough, len(p.Because))])
		if more := len(p.Because) - enough; more > 0 {
			because += fmt.Sprintf(" and %d more", more)
		}
		sentence += ", because of " + because
	}
	return sentence
}

func (p Pods) who() string {
	name := code(p.StatefulSet)
	switch {
	case p.Broker && p.Controller:
		return name + " (brokers and controllers)"
	case p.Broker:
		return name + " (brokers)"
	case p.Controller:
		return name + " (controllers)"
	}
	return name
}

func (p *Plan) writeChanges(page *page) {
	steps := p.filter(func(s Step) bool { return s.counts() && s.changes() })
	if len(steps) == 0 {
		return
	}
	slices.SortStableFunc(steps, func(a, b Step) int {
		if by := slices.Index(order, a.Op) - slices.Index(order, b.Op); by != 0 {
			return by
		}
		return strings.Compare(a.String(), b.String())
	})
	page.line("")
	page.line("### Changes")
	var listed, opened []string
	for _, step := range steps {
		line, details := step.details()
		if details == "" {
			listed = append(listed, "- "+line+"\n")
			continue
		}
		opened = append(opened, fmt.Sprintf("\n<details><summary>%s</summary>\n\n%s</details>\n", line, details))
	}
	if len(listed) > 0 {
		page.WriteString("\n" + strings.Join(listed, ""))
	}
	left := 0
	for _, details := range opened {
		if page.Len()+len(details) > longest {
			left++
			continue
		}
		page.WriteString(details)
	}
	if left > 0 {
		page.line("")
		page.line("%s left out here, since a comment has its limits: `pulumi preview --diff` shows all.", plural(left, "change"))
	}
}

// details is one line, and what opens below it, if anything.
func (s Step) details() (line, details string) {
	what := string(s.Op)
	switch {
	case s.Renewed():
		what = "renew" // a new one beside the old one
	case s.Op == Delete || s.Op == Replace:
		what = "<b>" + what + "</b>"
	}
	line = what + " " + title(s)
	changes := s.Changes()
	if len(changes) == 0 {
		if s.Op != Create && len(s.Diffs) > 0 { // a secret, or something of the provider's own
			line += ": " + codes(s.Diffs)
		}
		return line, ""
	}
	var page page
	var short []string
	var long []Change
	for _, change := range changes {
		if multiline(change.Old) || multiline(change.New) {
			long = append(long, change)
			continue
		}
		if change.Old != nil {
			short = append(short, "- "+change.Path+": "+show(change.Old))
		}
		if change.New != nil {
			short = append(short, "+ "+change.Path+": "+show(change.New))
		}
	}
	if len(short) > 0 {
		page.WriteString(block("diff", strings.Join(short, "\n")))
	}
	for _, change := range long {
		page.line("%s", code(change.Path))
		page.WriteString(block("diff", lines(change.Old, change.New)))
	}
	return line + ": " + plural(len(changes), "difference"), page.String()
}

func multiline(value any) bool {
	s, ok := value.(string)
	return ok && strings.Contains(s, "\n")
}

// lines is a line diff, with up to three lines around each change.
func lines(before, after any) string {
	old, _ := before.(string)
	now, _ := after.(string)
	unified := udiff.Unified("before", "after", old, now)
	// The names of files say nothing here.
	for range 2 {
		_, unified, _ = strings.Cut(unified, "\n")
	}
	return strings.TrimRight(unified, "\n")
}

// show writes a value on one line.
func show(value any) string {
	if s, ok := value.(string); ok && !strings.ContainsAny(s, "\r\n\x00") {
		return s
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	return string(text)
}

// block is fenced by more backticks than its text has in a row.
func block(language, content string) string {
	fence := "```"
	for strings.Contains(content, fence) {
		fence += "`"
	}
	return fmt.Sprintf("%s%s\n%s\n%s\n\n", fence, language, content, fence)
}

// title names a resource.
func title(s Step) string {
	kind, name, _ := strings.Cut(s.String(), " ")
	return kind + " <code>" + text(name) + "</code>"
}

// text keeps what programs say from being read as HTML.
func text(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(s)
}

func code(s string) string { return "`" + strings.ReplaceAll(s, "`", "'") + "`" }

func codes(names []string) string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = code(name)
	}
	return strings.Join(quoted, ", ")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
