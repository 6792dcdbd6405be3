package main

import (
	"fmt"
	"path/filepath"
)

// A quorum's voters, with their addresses, stand in its own log (VotersRecord, KIP-853), not in the configuration. With
// the records taken along to another namespace or under another name, controllers would call their fellows at addresses
// that are gone, for ever and without a word. The agent reads the voters first.

// controlTypeVoters is the type of a VotersRecord among control records (ControlRecordType.KRAFT_VOTERS).
const controlTypeVoters = 6

// loggedVoters are the voters as a metadata directory's log has them last; none if it never heard of any.
func loggedVoters(dir string) ([]voter, error) {
	last, err := lastInLog(filepath.Join(dir, metadataLog), func(file string, from int64) (string, error) {
		var value string
		err := eachBatch(file, from, func(b batch) {
			if b.control() {
				if v := votersValue(b.records()); v != "" {
					value = v
				}
			}
		})
		return value, err
	})
	if err != nil || last == "" {
		return nil, err
	}
	return decodeVoters([]byte(last))
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
