package metalog

import (
	"bufio"
	"bytes"
	"slices"
	"testing"

	"github.com/twmb/franz-go/pkg/kmsg"
	"pgregory.net/rapid"
)

// written is what readBatches has to find again.
type written struct {
	offset, end int64
	epoch       int
	control     bool
	records     []byte
	voters      string // value of its last VotersRecord
}

// aBatch is a random batch from this offset on, and as franz-go writes it.
func aBatch(t *rapid.T, offset int64) (written, []byte) {
	b := kmsg.RecordBatch{
		FirstOffset: offset, PartitionLeaderEpoch: rapid.Int32().Draw(t, "epoch"), Magic: 2, CRC: rapid.Int32().Draw(t, "sum"),
		Attributes:      rapid.Int16().Draw(t, "attributes"),
		LastOffsetDelta: rapid.Int32Range(0, 1<<20).Draw(t, "last"),
		FirstTimestamp:  rapid.Int64().Draw(t, "first"), MaxTimestamp: rapid.Int64().Draw(t, "latest"),
		ProducerID: rapid.Int64().Draw(t, "producer"), ProducerEpoch: rapid.Int16().Draw(t, "its epoch"), FirstSequence: rapid.Int32().Draw(t, "sequence"),
	}
	w := written{offset: offset, end: offset + int64(b.LastOffsetDelta) + 1, epoch: int(b.PartitionLeaderEpoch), control: b.Attributes&(1<<5) != 0}
	for range rapid.IntRange(0, 4).Draw(t, "records") {
		key := kmsg.ControlRecordKey{Version: rapid.Int16().Draw(t, "version"), Type: kmsg.ControlRecordKeyType(rapid.IntRange(2, 7).Draw(t, "type"))}
		record := kmsg.Record{
			Attributes:       rapid.Int8().Draw(t, "attributes"),
			TimestampDelta64: rapid.Int64().Draw(t, "time"), OffsetDelta: rapid.Int32().Draw(t, "offset"),
			Key: key.AppendTo(nil), Value: rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "value"),
		}
		if rapid.Bool().Draw(t, "has a header") {
			record.Headers = []kmsg.Header{{Key: "k", Value: []byte("v")}}
		}
		record.Length = int32(len(record.AppendTo(nil)) - 1) // a length of 0 takes one byte
		w.records = record.AppendTo(w.records)
		if key.Type == kmsg.ControlRecordKeyTypeKraftVoters {
			w.voters = string(record.Value)
		}
		b.NumRecords++
	}
	b.Records = w.records
	b.Length = int32(len(b.AppendTo(nil)) - batchLength - 4)
	return w, b.AppendTo(nil)
}

// TestBatchesAreThoseOfFranzGo: franz-go's batches and records are generated from Kafka's own definitions.
func TestBatchesAreThoseOfFranzGo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var log []byte
		var all []written
		next := rapid.Int64Range(0, 1<<40).Draw(t, "begin")
		for range rapid.IntRange(0, 5).Draw(t, "batches") {
			w, data := aBatch(t, next)
			log, all, next = append(log, data...), append(all, w), w.end
		}
		from := rapid.Int64Range(0, next+1).Draw(t, "from")
		if len(all) > 0 && rapid.Bool().Draw(t, "from the first") {
			from = all[0].offset
		}
		all = slices.DeleteFunc(all, func(w written) bool { return w.offset < from })
		var got []written
		err := readBatches(bufio.NewReader(bytes.NewReader(log)), from, func(b batch) {
			got = append(got, written{b.offset(), b.end(), b.epoch(), b.control(), bytes.Clone(b.records()), votersValue(b.records())})
		})
		if err != nil || !slices.EqualFunc(got, all, func(a, b written) bool {
			return a.offset == b.offset && a.end == b.end && a.epoch == b.epoch && a.control == b.control && bytes.Equal(a.records, b.records) && a.voters == b.voters
		}) {
			t.Fatalf("%+v, %v\nwant %+v", got, err, all)
		}
	})
}
