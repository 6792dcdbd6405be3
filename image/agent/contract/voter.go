package contract

import (
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
)

// Voter is a controller with a vote, and one entry of EnvInitialControllers: "id@host:port:directoryId" (KIP-853).
type Voter struct {
	ID          int // its node id
	Host        string
	Port        int
	DirectoryID string // of its metadata directory, 16 bytes in base64url
}

// String returns the form that kafka-storage.sh format --initial-controllers takes.
func (v Voter) String() string {
	return fmt.Sprintf("%d@%s:%s", v.ID, v.Address(), v.DirectoryID)
}

// Address is host:port, with the brackets that an IPv6 address needs.
func (v Voter) Address() string { return net.JoinHostPort(v.Host, strconv.Itoa(v.Port)) }

// initialForm is one entry of EnvInitialControllers.
var initialForm = regexp.MustCompile(`^(\d+)@(\[[^\]]+\]|[^:@]+):(\d+):([A-Za-z0-9_-]{22})$`)

// ParseVoters reads EnvInitialControllers. Empty text has none.
func ParseVoters(text string) ([]Voter, error) {
	if text == "" {
		return nil, nil
	}
	var voters []Voter
	seen := map[int]bool{}
	for _, entry := range strings.Split(text, ",") {
		m := initialForm.FindStringSubmatch(strings.TrimSpace(entry))
		if m == nil {
			return nil, fmt.Errorf("%s: %q: id@host:port:directoryId is expected", EnvInitialControllers, entry)
		}
		id, errID := strconv.Atoi(m[1])
		port, errPort := strconv.Atoi(m[3])
		if errID != nil || errPort != nil || port < 1 || port > 65535 {
			return nil, fmt.Errorf("%s: %q: id or port is out of range", EnvInitialControllers, entry)
		}
		if seen[id] {
			return nil, fmt.Errorf("%s: controller %d is named twice", EnvInitialControllers, id)
		}
		seen[id] = true
		voters = append(voters, Voter{ID: id, Host: strings.Trim(m[2], "[]"), Port: port, DirectoryID: m[4]})
	}
	return voters, nil
}
