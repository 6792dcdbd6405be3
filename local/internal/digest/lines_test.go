package digest

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
)

// Two that write halves of lines at the same time do not break each other's.
func TestLinesStayWhole(t *testing.T) {
	var out bytes.Buffer
	shared := NewLines(&out)
	var both sync.WaitGroup
	for _, who := range []string{"a", "b"} {
		to := shared.Writer()
		both.Go(func() {
			for n := range 500 {
				fmt.Fprintf(to, "%s says", who)
				fmt.Fprintf(to, " %d\n%s", n, "")
			}
		})
	}
	both.Wait()
	said := map[byte]int{}
	for line := range strings.Lines(out.String()) {
		if want := fmt.Sprintf("%c says %d\n", line[0], said[line[0]]); line != want {
			t.Fatalf("%q instead of %q", line, want)
		}
		said[line[0]]++
	}
	if said['a'] != 500 || said['b'] != 500 {
		t.Error(said)
	}
}
