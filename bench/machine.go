package bench

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// Machine is where something was measured.
type Machine struct {
	CPUs      int    `json:"cpus"`
	Processor string `json:"processor"`
	MemoryGiB int    `json:"memoryGiB"`
	Kernel    string `json:"kernel"`
	// Versions of what took part, by name.
	Versions map[string]string `json:"versions,omitempty"`
}

// ThisMachine describes the machine that the program runs on.
func ThisMachine() Machine {
	m := Machine{CPUs: runtime.NumCPU(), Processor: field("/proc/cpuinfo", "model name")}
	if kib, err := strconv.Atoi(strings.TrimSuffix(field("/proc/meminfo", "MemTotal"), " kB")); err == nil {
		m.MemoryGiB = (kib + 1<<19) >> 20
	}
	var name syscall.Utsname
	if syscall.Uname(&name) == nil {
		for _, c := range name.Release {
			if c == 0 {
				break
			}
			m.Kernel += string(rune(c))
		}
	}
	return m
}

// String is the machine in a few words.
func (m Machine) String() string {
	return fmt.Sprintf("%d processors (%s), %d GiB, Linux %s", m.CPUs, m.Processor, m.MemoryGiB, m.Kernel)
}

// field is the value of a key in a file of lines such as "key : value"; empty if it has none.
func field(path, key string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = file.Close() }()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if name, value, found := strings.Cut(lines.Text(), ":"); found && strings.TrimSpace(name) == key {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
