package main

import (
	"bytes"
	"testing"
)

func TestCacheMapped(t *testing.T) {
	const maps = `5b001000-5d1fb000 rw-p 00001000 00:27 11206735                           /opt/kafka/aot/kafka.aot
7f589a3ff000-7f589adff000 rw-s 00000000 00:27 11231890                   /data/__cluster_metadata-0/00000000000000000000.timeindex
7f58a0000000-7f58a0021000 rw-p 00000000 00:00 0
`
	if !cacheMapped(maps, "/opt/kafka/aot/kafka.aot") {
		t.Error("a mapped cache goes unseen")
	}
	for _, other := range []string{"/kafka/aot/kafka.aot", "/opt/kafka/aot/kafka", "/data"} {
		if cacheMapped(maps, other) {
			t.Errorf("%s counts as mapped", other)
		}
	}
}

// TestCacheReason has what OpenJDK 25 printed.
func TestCacheReason(t *testing.T) {
	for name, test := range map[string]struct{ output, want string }{
		"a flag": {`[0.017s][warning][aot] Unable to use AOT cache.
[                    ] The AOT cache's UseCompactObjectHeaders setting (enabled) does not equal the current UseCompactObjectHeaders setting (disabled).
[0.017s][error  ][aot] An error has occurred while processing the AOT cache. Run with -Xlog:aot for details.
[0.017s][error  ][aot] Loading static archive failed.
[0.017s][error  ][aot] Unable to map shared spaces
`, "The AOT cache's UseCompactObjectHeaders setting (enabled) does not equal the current UseCompactObjectHeaders setting (disabled)."},
		"a Java agent": {`[0.226s][error][aot] An error has occurred while processing the AOT cache. Run with -Xlog:aot for details.
[0.226s][error][aot] Disabling optimized module handling
[0.226s][error][aot] AOT cache has aot-linked classes. It cannot be used when archived full module graph is not used.
[0.235s][error][aot] Unable to map shared spaces
`, "Disabling optimized module handling AOT cache has aot-linked classes. It cannot be used when archived full module graph is not used."},
		"damaged": {`[0.034s][error][aot] An error has occurred while processing the AOT cache. Run with -Xlog:aot for details.
[0.034s][error][aot] Loading static archive failed.
[0.034s][error][aot] Unable to map shared spaces
`, "the JVM cannot read it"},
		"no word of it": {"[2026-11-21 07:24:19,851] INFO [RaftLog partition=__cluster_metadata-0] aot\n[0.3s][warning][gc] slow\n", "the JVM cannot read it"},
	} {
		w := &lastWords{to: &bytes.Buffer{}}
		_, _ = w.Write([]byte(test.output))
		for range 2 * keptLines {
			_, _ = w.Write([]byte("[2026-11-21 07:24:19,851] INFO more\n"))
		}
		if got := cacheReason(w.jvmWarnings()); got != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
