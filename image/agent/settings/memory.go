package settings

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

var maxHeap = regexp.MustCompile(`^-Xmx(\d+)([kKmMgGtT]?)$`)

// DefaultHeap is the heap of a node that was given none: half of the container's memory, since the kernel's page cache,
// from which Kafka serves its consumers, counts against the same limit.
func DefaultHeap(limit uint64) []string {
	mebibytes := uint64(512)
	if limit != 0 {
		mebibytes = limit >> 21
	}
	return []string{fmt.Sprintf("-Xms%dm", mebibytes), fmt.Sprintf("-Xmx%dm", mebibytes)}
}

// CheckHeap refuses a heap that the container's memory limit cannot hold: the kernel would kill the JVM later, in the
// middle of its work and without a word.
func CheckHeap(flags []string, limit uint64) error {
	if limit == 0 {
		return nil
	}
	for _, flag := range flags {
		m := maxHeap.FindStringSubmatch(flag)
		if m == nil {
			continue
		}
		heap, err := strconv.ParseUint(m[1], 10, 64)
		if err != nil {
			return fmt.Errorf("%s: %s: %w", contract.EnvHeap, flag, err)
		}
		heap <<= map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[strings.ToLower(m[2])]
		if beside := contract.BesideHeap(limit); limit < beside || heap > limit-beside {
			return fmt.Errorf("%s: %s does not fit the container's memory limit of %d MiB; Kafka needs %d MiB of it beside the heap: lower the heap or raise the limit",
				contract.EnvHeap, flag, limit>>20, beside>>20)
		}
	}
	return nil
}

// OutOfMemoryKills counts how many of the container's processes the kernel has killed for lack of memory, from cgroup v2
// (memory.events) or v1 (memory.oom_control); 0 also where neither says.
func OutOfMemoryKills(root string) uint64 {
	for _, file := range []string{"memory.events", "memory/memory.oom_control"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if name, count, _ := strings.Cut(strings.TrimSpace(line), " "); name == "oom_kill" {
				kills, _ := strconv.ParseUint(count, 10, 64)
				return kills
			}
		}
	}
	return 0
}

// MemoryLimit reads the container's memory limit in bytes from cgroup v2 or v1; 0 means none.
func MemoryLimit(root string) uint64 {
	for _, file := range []string{"memory.max", "memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			continue
		}
		limit, err := strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
		if err != nil || limit >= 1<<62 { // "max" in v2, a number close to 2^63 in v1
			return 0
		}
		return limit
	}
	return 0
}
