package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// meeting is what a controller knows of the voters in its log before it starts.
type meeting struct {
	self    int
	host    string   // this pod's own
	logged  []voter  // as the log has them
	planned []string // host:port of the controllers, as the configuration has them
	exists  func(host string) bool
}

// never says why the voters of the log cannot elect a leader from here, and the way on; empty when they may. Only a
// majority is asked for: Kafka brings single addresses up to date itself (UpdateRaftVoter), and a cluster may have
// more voters than the plan, whose pods exist all the same.
func (m meeting) never() string {
	var all, elsewhere, absent []string
	for _, v := range m.logged {
		all = append(all, v.address())
		switch {
		case v.id == m.self, slices.ContainsFunc(m.planned, func(address string) bool { return strings.EqualFold(address, v.address()) }):
		case domain(v.host) != domain(m.host):
			elsewhere = append(elsewhere, v.address())
		case !m.exists(v.host):
			absent = append(absent, v.address())
		}
	}
	majority := len(m.logged)/2 + 1
	switch {
	case len(m.logged) == 0, len(m.logged)-len(elsewhere)-len(absent) >= majority:
		return ""
	case len(m.logged)-len(elsewhere) < majority:
		return fmt.Sprintf("for the names in its metadata log: the records on this volume belong to a quorum of %s, but this pod is %s, and a quorum keeps its names for life; %s, or give this stack volumes of its own",
			strings.Join(all, ", "), m.host, contract.HelpNames)
	}
	return fmt.Sprintf("for a majority: the metadata log names %d voters, and the pods of %s do not exist; %s",
		len(m.logged), strings.Join(absent, ", "), contract.HelpControllers)
}
