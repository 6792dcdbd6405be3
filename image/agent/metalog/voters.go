package metalog

import (
	"fmt"
	"path/filepath"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
	"github.com/kafka-kraft/kafka-kraft/image/agent/contract"
)

// A quorum's voters, with their addresses, stand in its own log (VotersRecord, KIP-853), not in the configuration. With
// the records taken along to another namespace or under another name, controllers would call their fellows at addresses
// that are gone, for ever and without a word. The agent reads the voters first.

// controlTypeVoters is the type of a VotersRecord among control records (ControlRecordType.KRAFT_VOTERS).
const controlTypeVoters = 6

// Voters are the voters as a metadata directory's log has them last; none if it never heard of any.
func Voters(dir string) ([]contract.Voter, error) {
	last, err := lastInLog(filepath.Join(dir, Dir), VotersIn)
	if err != nil || last == "" {
		return nil, err
	}
	return decodeVoters([]byte(last))
}

// VotersIn returns the value of the last VotersRecord in a segment or snapshot from an offset on, empty without one.
func VotersIn(file string, from int64) (string, error) {
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
	d := &codec.Decoder{Data: records}
	value := ""
	for len(d.Data) > 0 && d.Err == nil {
		record := &codec.Decoder{Data: d.Take(d.Varint())}
		record.Int8()   // attributes
		record.Varint() // time, as a difference
		record.Varint() // offset, as a difference
		key := &codec.Decoder{Data: record.Take(record.Varint())}
		key.Int16() // version
		kind := key.Int16()
		if v := record.Take(record.Varint()); record.Err == nil && key.Err == nil && kind == controlTypeVoters {
			value = string(v)
		}
	}
	return value
}

// decodeVoters reads a VotersRecord. Of a voter's endpoints the first one is its address, as Kafka uses the first of
// controller.listener.names.
func decodeVoters(value []byte) ([]contract.Voter, error) {
	d := &codec.Decoder{Data: value}
	d.Int16() // version
	var voters []contract.Voter
	for range d.Length() {
		v := contract.Voter{ID: int(d.Int32()), DirectoryID: d.UUID()}
		for i := range d.Length() {
			_ = d.Text() // listener
			host, port := d.Text(), int(uint16(d.Int16()))
			if i == 0 {
				v.Host, v.Port = host, port
			}
			d.SkipTags()
		}
		d.Int32() // lowest and highest kraft.version
		d.SkipTags()
		d.SkipTags()
		voters = append(voters, v)
		if d.Err != nil {
			return nil, fmt.Errorf("a VotersRecord in the metadata log cannot be read: %w", d.Err)
		}
	}
	return voters, nil
}
