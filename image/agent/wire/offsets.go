package wire

import "github.com/kafka-kraft/kafka-kraft/image/agent/codec"

// TopicPartition names a partition.
type TopicPartition struct {
	Topic string
	Index int
}

// Committed asks a broker for the offsets that groups have committed, by group; one that it does not coordinate any more is
// missing, and so is a partition without an offset.
func (c *Client) Committed(groups []string) (map[string]map[TopicPartition]int64, error) {
	d, err := c.do(apiCommitted, encodeCommitted(groups))
	if err != nil {
		return nil, err
	}
	return decodeCommitted(d)
}

func encodeCommitted(groups []string) []byte {
	e := ofAllTopics(groups)
	e.Bool(false) // what transactions have not committed yet may be missing
	e.NoTags()
	return e.Data
}

// ofAllTopics begins a request about groups, each for all of its topics.
func ofAllTopics(groups []string) (e codec.Encoder) {
	e.Length(len(groups))
	for _, group := range groups {
		e.Text(group)
		e.Null() // all topics
		e.NoTags()
	}
	return e
}

func decodeCommitted(d *codec.Decoder) (map[string]map[TopicPartition]int64, error) {
	d.Int32() // throttle time
	out := map[string]map[TopicPartition]int64{}
	for range d.Length() {
		group, offsets := d.Text(), map[TopicPartition]int64{}
		for range d.Length() {
			topic := d.Text()
			for range d.Length() {
				index, offset := int(d.Int32()), d.Int64()
				d.Int32()    // leader's epoch
				_ = d.Text() // metadata
				if code := d.Int16(); code == 0 && offset >= 0 {
					offsets[TopicPartition{topic, index}] = offset
				}
				d.SkipTags()
			}
			d.SkipTags()
		}
		if d.Int16() == 0 {
			out[group] = offsets
		}
		d.SkipTags()
	}
	return out, d.Err
}

// SharePosition is how far a share group has come in a partition.
type SharePosition struct {
	Start int64 // the first offset that is not done with
	Lag   int64 // records that are not done with; -1: not known
}

// SharePositions asks a broker how far share groups have come, by group; what it does not know is missing.
func (c *Client) SharePositions(groups []string) (map[string]map[TopicPartition]SharePosition, error) {
	d, err := c.do(apiShareOffsets, encodeSharePositions(groups))
	if err != nil {
		return nil, err
	}
	return decodeSharePositions(d)
}

func encodeSharePositions(groups []string) []byte {
	e := ofAllTopics(groups)
	e.NoTags()
	return e.Data
}

func decodeSharePositions(d *codec.Decoder) (map[string]map[TopicPartition]SharePosition, error) {
	d.Int32() // throttle time
	out := map[string]map[TopicPartition]SharePosition{}
	for range d.Length() {
		group, positions := d.Text(), map[TopicPartition]SharePosition{}
		for range d.Length() {
			topic := d.Text()
			d.Take(16) // topic id
			for range d.Length() {
				index, at := int(d.Int32()), SharePosition{Start: d.Int64()}
				d.Int32() // leader's epoch
				at.Lag = d.Int64()
				code := d.Int16()
				_ = d.Text() // message
				d.SkipTags()
				if code == 0 && at.Start >= 0 {
					positions[TopicPartition{topic, index}] = at
				}
			}
			d.SkipTags()
		}
		if d.Int16() == 0 {
			out[group] = positions
		}
		_ = d.Text() // message
		d.SkipTags()
	}
	return out, d.Err
}

// Ends asks a broker where partitions that it leads end, that is for the offset behind the last record that consumers may
// read. One that it does not lead is missing.
func (c *Client) Ends(partitions []TopicPartition) (map[TopicPartition]int64, error) {
	d, err := c.do(apiEnds, encodeEnds(partitions))
	if err != nil {
		return nil, err
	}
	return decodeEnds(d)
}

func encodeEnds(partitions []TopicPartition) []byte {
	var topics []string
	of := map[string][]int{}
	for _, p := range partitions {
		if of[p.Topic] == nil {
			topics = append(topics, p.Topic)
		}
		of[p.Topic] = append(of[p.Topic], p.Index)
	}
	const latest = -1
	var e codec.Encoder
	e.Int32(-1) // who asks is no replica
	e.Int8(0)   // read uncommitted: open transactions have lag, too
	e.Length(len(topics))
	for _, topic := range topics {
		e.Text(topic)
		e.Length(len(of[topic]))
		for _, index := range of[topic] {
			e.Int32(int32(index))
			e.Int32(-1) // leader's epoch: any
			e.Int64(latest)
			e.NoTags()
		}
		e.NoTags()
	}
	e.NoTags()
	return e.Data
}

func decodeEnds(d *codec.Decoder) (map[TopicPartition]int64, error) {
	d.Int32() // throttle time
	out := map[TopicPartition]int64{}
	for range d.Length() {
		topic := d.Text()
		for range d.Length() {
			index, code := int(d.Int32()), d.Int16()
			d.Int64() // timestamp
			offset := d.Int64()
			d.Int32() // leader's epoch
			d.SkipTags()
			if code == 0 && offset >= 0 {
				out[TopicPartition{topic, index}] = offset
			}
		}
		d.SkipTags()
	}
	return out, d.Err
}
