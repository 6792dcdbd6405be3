package quorum

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
	"github.com/kafka-kraft/kafka-kraft/image/agent/settings"
)

// Meeting is what a controller knows of the voters in its log before it starts.
type Meeting struct {
	Self    int
	Host    string           // this pod's own
	Logged  []contract.Voter // as the log has them
	Planned []string         // host:port of the controllers, as the configuration has them
	Exists  func(host string) bool
}

// Never says why the voters of the log cannot elect a leader from here, and the way on; empty when they may. Only a
// majority is asked for: Kafka brings single addresses up to date itself (UpdateRaftVoter), and a cluster may have
// more voters than the plan, whose pods exist all the same.
func (m Meeting) Never() string {
	var all, elsewhere, absent []string
	for _, v := range m.Logged {
		all = append(all, v.Address())
		switch {
		case v.ID == m.Self, slices.ContainsFunc(m.Planned, func(address string) bool { return strings.EqualFold(address, v.Address()) }):
		case settings.Domain(v.Host) != settings.Domain(m.Host):
			elsewhere = append(elsewhere, v.Address())
		case !m.Exists(v.Host):
			absent = append(absent, v.Address())
		}
	}
	majority := len(m.Logged)/2 + 1
	switch {
	case len(m.Logged) == 0, len(m.Logged)-len(elsewhere)-len(absent) >= majority:
		return ""
	case len(m.Logged)-len(elsewhere) < majority:
		return fmt.Sprintf("for the names in its metadata log: the records on this volume belong to a quorum of %s, but this pod is %s, and a quorum keeps its names for life; %s, or give this stack volumes of its own",
			strings.Join(all, ", "), m.Host, contract.HelpNames)
	}
	return fmt.Sprintf("for a majority: the metadata log names %d voters, and the pods of %s do not exist; %s",
		len(m.Logged), strings.Join(absent, ", "), contract.HelpControllers)
}
