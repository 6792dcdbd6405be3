package image

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/topology"
)

// TestDockerfileKeepsTheContract: what the Dockerfile writes out is what the program and the agent go by.
func TestDockerfileKeepsTheContract(t *testing.T) {
	data, err := files.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	var ports []string
	for _, l := range (topology.Plan{Name: "k", Namespace: "n"}).Combined(topology.Pool{}).Outside("node", 30000).Listeners {
		ports = append(ports, fmt.Sprint(l.Port))
	}
	slices.Sort(ports)
	// The agent's packages have the same import paths in the image and in this module.
	module := strings.TrimSuffix(reflect.TypeFor[contract.State]().PkgPath(), "/contract")
	for what, want := range map[string]string{
		"the user":             fmt.Sprintf("USER %[1]d:%[1]d", contract.UID),
		"its entry":            fmt.Sprintf(` && echo 'kafka:x:%[1]d:%[1]d:Apache Kafka:%[2]s:/usr/sbin/nologin' >>/image/etc/passwd \`, contract.UID, contract.ScratchMount),
		"its group":            fmt.Sprintf(` && echo 'kafka:x:%d:' >>/image/etc/group \`, contract.UID),
		"where it may write":   "WORKDIR " + contract.ScratchMount,
		"the agent":            fmt.Sprintf("ENTRYPOINT [%q]", contract.AgentPath),
		"its verb":             fmt.Sprintf("CMD [%q]", contract.VerbRun),
		"its module":           "RUN go mod init " + module,
		"the ports of the pod": fmt.Sprintf("EXPOSE %s %d %d %d", strings.Join(ports, " "), contract.Port, topology.MetricsPort, contract.MetricsPort),
	} {
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(want) + `$`).Match(data) {
			t.Errorf("%s: the Dockerfile has no line %q", what, want)
		}
	}
}
