package properties

import (
	"reflect"
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	values := map[string]string{"${NODE_ID}": "7", "${ORDINAL}": "2"}
	got, err := Render("node.id=${NODE_ID}\nlog.dirs=/mnt/kafka/${ORDINAL}\npassword=${dir:/secrets:password}\n", values)
	if want := "node.id=7\nlog.dirs=/mnt/kafka/2\npassword=${dir:/secrets:password}\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = Render("a=${NODE}\nb=${OTHER}", values)
	if err == nil || !strings.Contains(err.Error(), "${NODE}") || !strings.Contains(err.Error(), "${OTHER}") ||
		!strings.Contains(err.Error(), "known are ${NODE_ID}, ${ORDINAL}") {
		t.Errorf("unknown placeholders: %v", err)
	}
}

func TestParseProperties(t *testing.T) {
	got := Parse("# a comment\n! another\n\na=1\nb : 2\n  c=x=y\nlong=one,\\\n  two\nd\na=3\r\n")
	want := map[string]string{"a": "3", "b": "2", "c": "x=y", "long": "one,two", "d": ""}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
}
