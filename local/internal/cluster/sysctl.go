package cluster

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/local/internal/process"
)

// sysctls lists the settings of the machine's kernel that a running cluster changes:
// the first is ours, the rest are kubelet's. What they were is kept until a purge.
var sysctls = []string{
	"net/ipv4/ip_forward",
	"vm/overcommit_memory", "vm/panic_on_oom",
	"kernel/panic", "kernel/panic_on_oops",
	"kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

func (p plan) sysctlsBefore() string { return p.run("sysctls-before") }

const bootID = "kernel/random/boot_id"

func readSysctl(name string) (string, error) {
	value, err := os.ReadFile(filepath.Join("/proc/sys", name))
	return strings.TrimSpace(string(value)), err
}

// rememberSysctls keeps today's values, unless that was done since the last reboot,
// which sets them back by itself.
func (p plan) rememberSysctls() error {
	boot, err := readSysctl(bootID)
	if err != nil {
		return err
	}
	if before, err := p.readSysctls(); err == nil && before[bootID] == boot {
		return nil
	}
	before := map[string]string{bootID: boot}
	for _, name := range sysctls {
		if value, err := readSysctl(name); err == nil {
			before[name] = value
		}
	}
	content, err := json.Marshal(before)
	if err != nil {
		return err
	}
	return process.WriteFile(p.sysctlsBefore(), content, 0o600)
}

func (p plan) readSysctls() (map[string]string, error) {
	content, err := os.ReadFile(p.sysctlsBefore())
	if err != nil {
		return nil, err
	}
	before := map[string]string{}
	return before, json.Unmarshal(content, &before)
}

// restoreSysctls sets the values back that were kept.
func (p plan) restoreSysctls() error {
	before, err := p.readSysctls()
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if boot, err := readSysctl(bootID); err != nil || boot != before[bootID] {
		return err
	}
	var errs []error
	for _, name := range sysctls {
		value, kept := before[name]
		if now, err := readSysctl(name); !kept || err != nil || now == value {
			continue
		}
		errs = append(errs, os.WriteFile(filepath.Join("/proc/sys", name), []byte(value), 0o644))
	}
	return errors.Join(append(errs, removeFile(p.sysctlsBefore()))...)
}
