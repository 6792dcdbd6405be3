package expose

import "testing"

func TestText(t *testing.T) {
	held := Family{Name: "held_seconds_total", Help: "How long.\nAnd \\ why.", Kind: Counter}
	held.Add(1.5, "waits_for", "replicas")
	held.Add(0, "waits_for", `a "quoted" \ word`+"\nand \xff", "more", "")
	end := Family{Name: "not_after_seconds", Help: "When it ends.", Kind: Gauge}
	end.Add(1829005323)
	got := string(Text([]Family{held, {Name: "nothing", Help: "Without a sample.", Kind: Gauge}, end}))
	want := `# HELP held_seconds_total How long.\nAnd \\ why.
# TYPE held_seconds_total counter
held_seconds_total{waits_for="replicas"} 1.5
held_seconds_total{waits_for="a \"quoted\" \\ word\nand ` + "\uFFFD" + `",more=""} 0
# HELP not_after_seconds When it ends.
# TYPE not_after_seconds gauge
not_after_seconds 1.829005323e+09
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
