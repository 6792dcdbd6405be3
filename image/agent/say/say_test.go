package say

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

func TestForms(t *testing.T) {
	var out bytes.Buffer
	write(&out, "WARN", "start: waiting")
	if want := `^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] WARN start: waiting \(kafka-agent\)\n$`; !regexp.MustCompile(want).Match(out.Bytes()) {
		t.Errorf("%q", out.String())
	}
	InJSON()
	t.Cleanup(func() { inJSON.Store(false) })
	for _, message := range []string{"start: waiting", "a \"quoted\" \\ word\nand <another> \x01 line"} {
		out.Reset()
		write(&out, "ERROR", message)
		var got map[string]string
		if err := json.Unmarshal(out.Bytes(), &got); err != nil || strings.Count(out.String(), "\n") != 1 {
			t.Fatalf("%q: %v", out.String(), err)
		}
		if got["message"] != message || got["level"] != "ERROR" || got["logger"] != "kafka-agent" || got["time"] == "" || len(got) != 4 {
			t.Errorf("%v", got)
		}
	}
}

// What log4j 2.25.5 made of Pattern, and what people are told of it.
func TestText(t *testing.T) {
	const failed = `{"time":"2026-11-29T09:51:37.867Z","level":"ERROR","logger":"kafka.server.Test\"x","message":"with \"cause\"","exception":"java.lang.RuntimeException: bad \"thing\"\n\tat T.main(T.java:4)\nCaused by: java.lang.IllegalStateException: inner\nline\n\t... 1 more\n"}`
	for of, want := range map[string]string{
		`{"time":"2026-11-29T09:51:37.863Z","level":"INFO","logger":"kafka.Kafka","message":"plain"}`: "[2026-11-29T09:51:37.863Z] INFO plain (kafka.Kafka)",
		failed: "[2026-11-29T09:51:37.867Z] ERROR with \"cause\" (kafka.server.Test\"x)\njava.lang.RuntimeException: bad \"thing\"\n\tat T.main(T.java:4)\n" +
			"Caused by: java.lang.IllegalStateException: inner\nline\n\t... 1 more",
		"[0.017s][warning][aot] Unable to use AOT cache.": "[0.017s][warning][aot] Unable to use AOT cache.",
		`{"time":"nonsense`:           "[nonsense]   ()",
		`{"other":"program's"}`:       `{"other":"program's"}`,
		`{"time":"1","level":[1]} it`: `{"time":"1","level":[1]} it`,
	} {
		if got := Text(of); got != want {
			t.Errorf("%s\ngot  %q\nwant %q", of, got, want)
		}
	}
	// A line that was cut off anywhere in its exception still says what it is.
	for n := strings.Index(failed, "java.lang"); n < len(failed); n++ {
		if got := Text(failed[:n]); !strings.HasPrefix(got, "[2026-11-29T09:51:37.867Z] ERROR with \"cause\" (") {
			t.Fatalf("%q is %q", failed[:n], got)
		}
	}
}

// Pattern has the fields of the agent's own lines, in the same order.
func TestPattern(t *testing.T) {
	var fields []string
	for _, found := range regexp.MustCompile(`"(\w+)":`).FindAllStringSubmatch(Pattern, -1) {
		fields = append(fields, found[1])
	}
	own := line{"t", "l", "c", "m", "e"}.json()
	at := -1
	for _, field := range fields {
		next := strings.Index(own, `"`+field+`":`)
		if next <= at {
			t.Errorf("%s: %s", field, own)
		}
		at = next
	}
	if strings.Count(own, `":"`) != len(fields) {
		t.Errorf("%v, %s", fields, own)
	}
}
