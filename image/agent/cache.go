package main

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/probes"
	"github.com/kafka-kraft/kafka-kraft/image/agent/say"
)

// A JVM that cannot use its ahead-of-time cache goes on without it: the node works as before, but starts in twice the
// time and takes more memory. That is no reason to keep a broker down, and none to keep silent either. The usual cause
// is a flag of this pod that differs from those the cache was made with (another collector, a Java agent, a heap of
// 32 GiB and more).

// cachePatience is when the JVM has surely decided, even if the node is still recovering its logs by then.
const cachePatience = 20 * time.Second

// watchCache says in one line when the JVM runs without the cache.
func (r *runner) watchCache(ctx context.Context, pid int, out *lastWords) {
	for begin := time.Now(); !r.state.Read().Startup().OK && time.Since(begin) < cachePatience; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil { // no such file: the JVM has ended, which is told elsewhere
		return
	}
	cache := probes.CacheUnused
	if cacheMapped(string(maps), r.paths.cache) {
		cache = probes.CacheUsed
	}
	r.state.Update(func(o *probes.Observation) { o.Cache = cache })
	if cache == probes.CacheUsed {
		return
	}
	say.Warn("cache: the JVM runs without its ahead-of-time cache %s, so it starts slower and takes more memory: %s",
		r.paths.cache, cacheReason(out.jvmWarnings()))
}

// cacheMapped reports whether a process uses the file: the JVM maps a cache that it uses, and unmaps one that it refuses.
func cacheMapped(maps, cache string) bool {
	return slices.ContainsFunc(strings.Split(maps, "\n"), func(line string) bool { return strings.HasSuffix(line, " "+cache) })
}

// jvmWarning is a line of the JVM's own log about the cache, or one that continues it: "[0.017s][warning][aot] …".
var jvmWarning = regexp.MustCompile(`^\[(?:\d+\.\d+s\]\[(?:warning|error) *\]\[(?:aot|cds)[^\]]*| +)\] (.+)`)

// saysNothing are the JVM's lines that follow whatever the reason was.
var saysNothing = []string{
	"Unable to use AOT cache.",
	"An error has occurred while processing the AOT cache. Run with -Xlog:aot for details.",
	"Loading static archive failed.",
	"Unable to map shared spaces",
}

// cacheReason makes one line of what the JVM said.
func cacheReason(warnings []string) string {
	reasons := slices.DeleteFunc(slices.Clone(warnings), func(s string) bool { return slices.Contains(saysNothing, s) })
	if len(reasons) == 0 {
		return "the JVM cannot read it"
	}
	return strings.Join(reasons, " ")
}
