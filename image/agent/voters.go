package main

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// A quorum's voters, with their addresses, stand in its own log (VotersRecord, KIP-853), not in the configuration. With
// the records taken along to another namespace or under another name, controllers would call their fellows at addresses
// that are gone, for ever and without a word. The agent reads the voters first.

// controlTypeVoters is the type of a VotersRecord among control records (ControlRecordType.KRAFT_VOTERS).
const controlTypeVoters = 6

// loggedVoters are the voters as a metadata directory's log has them last; none if it never heard of any.
func loggedVoters(dir string) ([]voter, error) {
	last, err := lastInLog(filepath.Join(dir, metadataLog), votersIn)
	if err != nil || last == "" {
		return nil, err
	}
	return decodeVoters([]byte(last))
}

// votersIn returns the value of the last VotersRecord in a segment or snapshot from an offset on, empty without one.
func votersIn(file string, from int64) (string, error) {
	var value string
	err := eachBatch(file, from, func(b batch) {
		if b.control() {
			if v := votersValue(b.records()); v != "" {
				value = v
			}
		}
	})
	return value, err
}

// votersValue returns the value of the last VotersRecord in a control batch, empty without one.
func votersValue(records []byte) string {
	d := &decoder{data: records}
	value := ""
	for len(d.data) > 0 && d.err == nil {
		record := &decoder{data: d.take(d.varint())}
		record.int8()   // attributes
		record.varint() // time, as a difference
		record.varint() // offset, as a difference
		key := &decoder{data: record.take(record.varint())}
		key.int16() // version
		kind := key.int16()
		if v := record.take(record.varint()); record.err == nil && key.err == nil && kind == controlTypeVoters {
			value = string(v)
		}
	}
	return value
}

// decodeVoters reads a VotersRecord. Of a voter's endpoints the first one is its address, as Kafka uses the first of
// controller.listener.names.
func decodeVoters(value []byte) ([]voter, error) {
	d := &decoder{data: value}
	d.int16() // version
	var voters []voter
	for range d.length() {
		v := voter{id: int(d.int32()), directoryID: d.uuid()}
		for i := range d.length() {
			_ = d.string() // listener
			host, port := d.string(), int(uint16(d.int16()))
			if i == 0 {
				v.host, v.port = host, port
			}
			d.skipTags()
		}
		d.int32() // lowest and highest kraft.version
		d.skipTags()
		d.skipTags()
		voters = append(voters, v)
		if d.err != nil {
			return nil, fmt.Errorf("a VotersRecord in the metadata log cannot be read: %w", d.err)
		}
	}
	return voters, nil
}

// varint reads a number as records have it: zigzag, so that small negative ones are short.
func (d *decoder) varint() int {
	u := d.uvarint()
	return int(int64(u>>1) ^ -int64(u&1))
}

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
		return fmt.Sprintf("for the names in its metadata log: the records on this volume belong to a quorum of %s, but this pod is %s, and a quorum keeps its names for life; set clusterName, namespace and clusterDomain back, or give this stack volumes of its own",
			strings.Join(all, ", "), m.host)
	}
	return fmt.Sprintf("for a majority: the metadata log names %d voters, and the pods of %s do not exist; set the number of controllers (of brokers, where every broker is a controller too) back to what it was",
		len(m.logged), strings.Join(absent, ", "))
}

// domain is a host name without its first label, which is the pod's.
func domain(host string) string {
	_, rest, _ := strings.Cut(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	return rest
}

// meet waits while the voters in this controller's log cannot elect a leader from here. A quorum that works nevertheless
// is proof to the contrary: this controller's log may be older than its voters.
func (r *runner) meet(ctx context.Context) error {
	logged, err := loggedVoters(r.node.metadataDir)
	if err != nil {
		say("WARN", "quorum: %v; Kafka decides", err)
		return nil
	}
	if r.node.host == "" {
		return nil
	}
	m := meeting{self: r.node.id, host: r.node.host, logged: logged, planned: r.node.bootstrap, exists: func(host string) bool {
		_, reach, _ := ask(ctx, host)
		return reach != gone
	}}
	return r.hold(ctx, func() string {
		why := m.never()
		if why != "" && slices.ContainsFunc(askInitials(ctx, r.node.id, r.settings.initial), func(p peer) bool {
			return p.unsure() == "" && p.report.ClusterID == r.settings.clusterID && p.report.LeaderID >= 0
		}) {
			return ""
		}
		return why
	})
}
