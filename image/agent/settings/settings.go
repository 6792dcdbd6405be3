// Package settings is what a node is told: by the pod's environment, by server.properties and by the container's memory
// limit. What cannot work is refused, with all problems at once.
package settings

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// Settings is what the pod's environment says about this node.
type Settings struct {
	PodName   string
	ordinal   int // the number after the last '-' of the pod's name
	NodeID    int // KAFKA_NODE_ID_BASE + ordinal
	ClusterID string
	// Initial are the controllers that form the quorum (KAFKA_INITIAL_CONTROLLERS); empty on a broker.
	Initial     []contract.Voter
	Heap        []string // JVM flags of the heap; empty: see DefaultHeap
	JVM         []string // further JVM flags
	JSONLogs    bool     // Kafka and the agent log objects of JSON
	MetricsPort int      // 0: no JMX exporter
	// externalPort is where clients outside reach this broker (KAFKA_EXTERNAL_PORT_BASE + ordinal); 0: they do not.
	externalPort int
	StopLimit    time.Duration // the longest that a stop may be held back, default 600 s
}

// Placeholders are the values of what server.properties may hold as ${NAME}.
func (s Settings) Placeholders() map[string]string {
	values := map[string]string{
		contract.PlaceholderNodeID:  strconv.Itoa(s.NodeID),
		contract.PlaceholderPodName: s.PodName,
		contract.PlaceholderOrdinal: strconv.Itoa(s.ordinal),
	}
	if s.externalPort != 0 {
		values[contract.PlaceholderExternalPort] = strconv.Itoa(s.externalPort)
	}
	return values
}

var (
	// serviceLink matches what Kubernetes itself sets for a service named kafka… when service links are on. Its …_PORT is
	// a URL (kubelet envvars.FromServices), which no port of ours is.
	serviceLink = regexp.MustCompile(`^\w+_(SERVICE_HOST=.*|SERVICE_PORT(_\w+)?=.*|PORT=(tcp|udp|sctp)://.*|PORT_\d+_(TCP|UDP|SCTP)(_\w+)?=.*)$`)
	// uuid is Kafka's form of an id: 16 bytes in base64url without padding.
	uuid = regexp.MustCompile(`^[A-Za-z0-9_-]{22}$`)
)

// Parse reads the environment ("NAME=value" each) and returns every problem at once.
func Parse(environ []string) (Settings, error) {
	env := map[string]string{}
	for _, line := range environ {
		name, value, _ := strings.Cut(line, "=")
		env[name] = value
	}
	var problems []error
	problem := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }
	number := func(name string, fallback, low, high int) int {
		text, set := env[name]
		if !set || text == "" {
			return fallback
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < low || n > high {
			problem("%s=%q: a whole number from %d to %d is expected", name, text, low, high)
			return fallback
		}
		return n
	}

	s := Settings{PodName: env[contract.EnvPodName], ClusterID: env[contract.EnvClusterID]}
	if cut := strings.LastIndex(s.PodName, "-"); cut >= 0 {
		n, err := strconv.Atoi(s.PodName[cut+1:])
		if err != nil || n < 0 {
			problem("%s=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", contract.EnvPodName, s.PodName)
		}
		s.ordinal = n
	} else {
		problem("%s=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", contract.EnvPodName, s.PodName)
	}
	s.NodeID = number(contract.EnvNodeIDBase, 0, 0, 1<<30) + s.ordinal
	if !uuid.MatchString(s.ClusterID) {
		problem("%s=%q: 22 characters of base64url are expected (kafka-storage.sh random-uuid makes one)", contract.EnvClusterID, s.ClusterID)
	}
	var err error
	if s.Initial, err = contract.ParseVoters(env[contract.EnvInitialControllers]); err != nil {
		problems = append(problems, err)
	}
	s.Heap = strings.Fields(env[contract.EnvHeap])
	s.JVM = strings.Fields(env[contract.EnvJVM])
	switch format := env[contract.EnvLogFormat]; format {
	case "", contract.LogText:
	case contract.LogJSON:
		s.JSONLogs = true
	default:
		problem("%s=%q: %s or %s is expected", contract.EnvLogFormat, format, contract.LogText, contract.LogJSON)
	}
	s.MetricsPort = number(contract.EnvMetricsPort, 0, 1, 65535)
	if base := number(contract.EnvExternalPortBase, 0, 1, 65535); base != 0 {
		if s.externalPort = base + s.ordinal; s.externalPort > 65535 {
			problem("%s=%d: with ordinal %d there is no such port", contract.EnvExternalPortBase, base, s.ordinal)
		}
	}
	s.StopLimit = time.Duration(number(contract.EnvStopSeconds, 600, 0, 86400)) * time.Second

	known := contract.Settings()
	for name, value := range env {
		if strings.HasPrefix(name, contract.EnvPrefix) && !slices.Contains(known, name) && !serviceLink.MatchString(name+"="+value) {
			hint := ""
			if near := nearest(name, known); near != "" {
				hint = fmt.Sprintf("did you mean %s? ", near)
			}
			problem("%s: unknown setting; %sknown are %s; Kafka's own settings belong into server.properties", name, hint, strings.Join(known, ", "))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return s, errors.Join(problems...)
}
