package main

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

// settings is what the pod's environment says about this node.
type settings struct {
	podName   string
	ordinal   int // the number after the last '-' of the pod's name
	nodeID    int // KAFKA_NODE_ID_BASE + ordinal
	clusterID string
	// initial are the controllers that form the quorum (KAFKA_INITIAL_CONTROLLERS); empty on a broker.
	initial     []voter
	heap        []string // JVM flags of the heap; empty: see defaultHeap
	jvm         []string // further JVM flags
	metricsPort int      // 0: no JMX exporter
	// externalPort is where clients outside reach this broker (KAFKA_EXTERNAL_PORT_BASE + ordinal); 0: they do not.
	externalPort int
	stopLimit    time.Duration // the longest that a stop may be held back, default 600 s
}

// placeholders are the values of what server.properties may hold as ${NAME}.
func (s settings) placeholders() map[string]string {
	values := map[string]string{
		contract.PlaceholderNodeID:  strconv.Itoa(s.nodeID),
		contract.PlaceholderPodName: s.podName,
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

// parseSettings reads the environment ("NAME=value" each) and returns every problem at once.
func parseSettings(environ []string) (settings, error) {
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

	s := settings{podName: env[contract.EnvPodName], clusterID: env[contract.EnvClusterID]}
	if cut := strings.LastIndex(s.podName, "-"); cut >= 0 {
		n, err := strconv.Atoi(s.podName[cut+1:])
		if err != nil || n < 0 {
			problem("%s=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", contract.EnvPodName, s.podName)
		}
		s.ordinal = n
	} else {
		problem("%s=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", contract.EnvPodName, s.podName)
	}
	s.nodeID = number(contract.EnvNodeIDBase, 0, 0, 1<<30) + s.ordinal
	if !uuid.MatchString(s.clusterID) {
		problem("%s=%q: 22 characters of base64url are expected (kafka-storage.sh random-uuid makes one)", contract.EnvClusterID, s.clusterID)
	}
	var err error
	if s.initial, err = parseInitial(env[contract.EnvInitialControllers]); err != nil {
		problems = append(problems, err)
	}
	s.heap = strings.Fields(env[contract.EnvHeap])
	s.jvm = strings.Fields(env[contract.EnvJVM])
	s.metricsPort = number(contract.EnvMetricsPort, 0, 1, 65535)
	if base := number(contract.EnvExternalPortBase, 0, 1, 65535); base != 0 {
		if s.externalPort = base + s.ordinal; s.externalPort > 65535 {
			problem("%s=%d: with ordinal %d there is no such port", contract.EnvExternalPortBase, base, s.ordinal)
		}
	}
	s.stopLimit = time.Duration(number(contract.EnvStopSeconds, 600, 0, 86400)) * time.Second

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
