package wire

import (
	"fmt"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// GroupType is a kind of group, in Kafka's word for it (org.apache.kafka.common.GroupType).
type GroupType string

// Types of groups that matter here.
const (
	ClassicGroup  GroupType = "classic"  // a member assigns; also those that only keep offsets, and those of Connect
	ConsumerGroup GroupType = "consumer" // the coordinator assigns (KIP-848)
	ShareGroup    GroupType = "share"    // members share partitions (KIP-932)
)

// Group is a group as its coordinator lists it.
type Group struct {
	ID    string
	Type  GroupType
	Empty bool // it has no members
}

// Groups asks a broker for the groups that it coordinates.
func (c *Client) Groups() ([]Group, error) {
	d, err := c.do(apiGroups, encodeGroups())
	if err != nil {
		return nil, err
	}
	return decodeGroups(d)
}

func encodeGroups() []byte {
	var e codec.Encoder
	e.Length(0) // in every state
	e.Length(0) // of every type
	e.NoTags()
	return e.Data
}

func decodeGroups(d *codec.Decoder) ([]Group, error) {
	d.Int32() // throttle time
	code := d.Int16()
	var out []Group
	for range d.Length() {
		g := Group{ID: d.Text()}
		_ = d.Text() // protocol type
		state := d.Text()
		g.Empty = state == "Empty" || state == "Dead"
		g.Type = GroupType(d.Text())
		d.SkipTags()
		out = append(out, g)
	}
	if d.Err != nil {
		return nil, d.Err
	}
	return out, kafkaError(code, "")
}

// Members asks a broker how many members groups of one type have; ones that it does not coordinate any more are missing.
// The types differ in what is asked, and other types than those that stand above cannot be asked for.
func (c *Client) Members(kind GroupType, groups []string) (map[string]int, error) {
	ask, known := map[GroupType]api{ClassicGroup: apiMembers, ConsumerGroup: apiConsumers, ShareGroup: apiShareMembers}[kind]
	if !known {
		return nil, fmt.Errorf("groups of type %q cannot be asked for their members", kind)
	}
	d, err := c.do(ask, encodeMembersOf(groups))
	if err != nil {
		return nil, err
	}
	return decodeMembersOf(kind, d)
}

func encodeMembersOf(groups []string) []byte {
	var e codec.Encoder
	e.Length(len(groups))
	for _, group := range groups {
		e.Text(group)
	}
	e.Bool(false) // authorized operations
	e.NoTags()
	return e.Data
}

func decodeMembersOf(kind GroupType, d *codec.Decoder) (map[string]int, error) {
	d.Int32() // throttle time
	out := map[string]int{}
	for range d.Length() {
		code := d.Int16()
		if kind != ClassicGroup {
			_ = d.Text() // message
		}
		group := d.Text()
		_ = d.Text() // state
		if kind == ClassicGroup {
			_, _ = d.Text(), d.Text() // protocol's type and name
		} else {
			d.Int32()    // epoch
			d.Int32()    // the assignment's epoch
			_ = d.Text() // assignor
		}
		members := d.Length()
		for range members {
			skipMember(kind, d)
		}
		d.Int32() // authorized operations
		d.SkipTags()
		if code == 0 {
			out[group] = members
		}
	}
	return out, d.Err
}

func skipMember(kind GroupType, d *codec.Decoder) {
	_ = d.Text() // member's id
	switch kind {
	case ClassicGroup:
		_, _, _ = d.Text(), d.Text(), d.Text() // instance's id, client's id and host
		d.Take(d.Length())                     // what it subscribes to
		d.Take(d.Length())                     // what it is assigned
	case ConsumerGroup:
		_, _ = d.Text(), d.Text() // instance's id, rack
		d.Int32()                 // epoch
		_, _ = d.Text(), d.Text() // client's id and host
		skipTexts(d)              // topics
		_ = d.Text()              // pattern of topics
		skipAssignment(d)         // that it has
		skipAssignment(d)         // that it shall have
	case ShareGroup:
		_ = d.Text()              // rack
		d.Int32()                 // epoch
		_, _ = d.Text(), d.Text() // client's id and host
		skipTexts(d)              // topics
		skipAssignment(d)
	}
	d.SkipTags()
}

func skipTexts(d *codec.Decoder) {
	for range d.Length() {
		_ = d.Text()
	}
}

func skipAssignment(d *codec.Decoder) {
	for range d.Length() {
		d.Take(16)   // topic id
		_ = d.Text() // topic
		d.Int32s()   // partitions
		d.SkipTags()
	}
	d.SkipTags()
}
