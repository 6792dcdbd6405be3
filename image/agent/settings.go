package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
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

// placeholders are what server.properties may hold as ${NAME}.
func (s settings) placeholders() map[string]string {
	values := map[string]string{
		"NODE_ID": strconv.Itoa(s.nodeID), "POD_NAME": s.podName, "ORDINAL": strconv.Itoa(s.ordinal),
	}
	if s.externalPort != 0 {
		values["EXTERNAL_PORT"] = strconv.Itoa(s.externalPort)
	}
	return values
}

// knownSettings are all KAFKA_ variables; any other is refused, since a misspelt one would silently do nothing.
var knownSettings = []string{
	"KAFKA_CLUSTER_ID", "KAFKA_EXTERNAL_PORT_BASE", "KAFKA_HEAP_OPTS", "KAFKA_INITIAL_CONTROLLERS", "KAFKA_JVM_OPTS",
	"KAFKA_METRICS_PORT", "KAFKA_NODE_ID_BASE", "KAFKA_STOP_SECONDS", "KAFKA_TOOL_OPTS",
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

	s := settings{podName: env["POD_NAME"], clusterID: env["KAFKA_CLUSTER_ID"]}
	if cut := strings.LastIndex(s.podName, "-"); cut >= 0 {
		n, err := strconv.Atoi(s.podName[cut+1:])
		if err != nil || n < 0 {
			problem("POD_NAME=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", s.podName)
		}
		s.ordinal = n
	} else {
		problem("POD_NAME=%q: a name that ends in -<ordinal> is expected, as a StatefulSet gives it", s.podName)
	}
	s.nodeID = number("KAFKA_NODE_ID_BASE", 0, 0, 1<<30) + s.ordinal
	if !uuid.MatchString(s.clusterID) {
		problem("KAFKA_CLUSTER_ID=%q: 22 characters of base64url are expected (kafka-storage.sh random-uuid makes one)", s.clusterID)
	}
	var err error
	if s.initial, err = parseInitial(env["KAFKA_INITIAL_CONTROLLERS"]); err != nil {
		problems = append(problems, err)
	}
	s.heap = strings.Fields(env["KAFKA_HEAP_OPTS"])
	s.jvm = strings.Fields(env["KAFKA_JVM_OPTS"])
	s.metricsPort = number("KAFKA_METRICS_PORT", 0, 1, 65535)
	if base := number("KAFKA_EXTERNAL_PORT_BASE", 0, 1, 65535); base != 0 {
		if s.externalPort = base + s.ordinal; s.externalPort > 65535 {
			problem("KAFKA_EXTERNAL_PORT_BASE=%d: with ordinal %d there is no such port", base, s.ordinal)
		}
	}
	s.stopLimit = time.Duration(number("KAFKA_STOP_SECONDS", 600, 0, 86400)) * time.Second

	for name, value := range env {
		if strings.HasPrefix(name, "KAFKA_") && !slices.Contains(knownSettings, name) && !serviceLink.MatchString(name+"="+value) {
			hint := ""
			if near := nearest(name, knownSettings); near != "" {
				hint = fmt.Sprintf("did you mean %s? ", near)
			}
			problem("%s: unknown setting; %sknown are %s; Kafka's own settings belong into server.properties", name, hint, strings.Join(knownSettings, ", "))
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return s, errors.Join(problems...)
}
