package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

var maxHeap = regexp.MustCompile(`^-Xmx(\d+)([kKmMgGtT]?)$`)

// checkHeap refuses a heap that the container's memory limit cannot hold: the kernel would kill the JVM later, in the
// middle of its work and without a word.
func checkHeap(flags []string, limit uint64) error {
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
			return fmt.Errorf("KAFKA_HEAP_OPTS: %s: %w", flag, err)
		}
		heap <<= map[string]uint{"": 0, "k": 10, "m": 20, "g": 30, "t": 40}[strings.ToLower(m[2])]
		if heap >= limit {
			return fmt.Errorf("KAFKA_HEAP_OPTS: %s does not fit the container's memory limit of %d MiB; Kafka needs the heap and about 300 MiB beside it: lower the heap or raise the limit",
				flag, limit>>20)
		}
	}
	return nil
}

// memoryLimit reads the container's memory limit in bytes from cgroup v2 or v1; 0 means none.
func memoryLimit(root string) uint64 {
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
