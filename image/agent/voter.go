package main

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// voter is one entry of KAFKA_INITIAL_CONTROLLERS, "id@host:port:directoryId" (KIP-853).
type voter struct {
	id          int
	host        string
	port        int
	directoryID string
}

// String gives the form that kafka-storage.sh format --initial-controllers takes.
func (v voter) String() string {
	return fmt.Sprintf("%d@%s:%s", v.id, v.address(), v.directoryID)
}

// address is host:port, with the brackets that an IPv6 address needs.
func (v voter) address() string { return net.JoinHostPort(v.host, strconv.Itoa(v.port)) }

// initialForm is one entry of KAFKA_INITIAL_CONTROLLERS.
var initialForm = regexp.MustCompile(`^(\d+)@(\[[^\]]+\]|[^:@]+):(\d+):([A-Za-z0-9_-]{22})$`)

func parseInitial(text string) ([]voter, error) {
	if text == "" {
		return nil, nil
	}
	var voters []voter
	seen := map[int]bool{}
	for _, entry := range strings.Split(text, ",") {
		m := initialForm.FindStringSubmatch(strings.TrimSpace(entry))
		if m == nil {
			return nil, fmt.Errorf("%s: %q: id@host:port:directoryId is expected", contract.EnvInitialControllers, entry)
		}
		id, errID := strconv.Atoi(m[1])
		port, errPort := strconv.Atoi(m[3])
		if errID != nil || errPort != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("%s: %q: id or port is out of range", contract.EnvInitialControllers, entry)
		}
		if seen[id] {
			return nil, fmt.Errorf("%s: controller %d is named twice", contract.EnvInitialControllers, id)
		}
		seen[id] = true
		voters = append(voters, voter{id: id, host: strings.Trim(m[2], "[]"), port: port, directoryID: m[4]})
	}
	return voters, nil
}
