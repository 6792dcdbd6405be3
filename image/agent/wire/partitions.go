package wire

import "github.com/kafka-kraft/kafka-kraft/image/agent/codec"

// Partition is one partition as Metadata shows it.
type Partition struct {
	Topic         string
	Index         int
	Leader        int // -1: nobody leads
	Replicas, ISR []int
}

// Partitions asks a broker for all partitions of all topics.
func (c *Client) Partitions() ([]Partition, error) {
	d, err := c.do(apiMetadata, encodePartitions())
	if err != nil {
		return nil, err
	}
	return decodePartitions(d)
}

func encodePartitions() []byte {
	var e codec.Encoder
	e.Null()      // all topics
	e.Bool(false) // create topics
	e.Bool(false) // authorized operations
	e.NoTags()
	return e.Data
}

func decodePartitions(d *codec.Decoder) ([]Partition, error) {
	d.Int32() // throttle time
	for range d.Length() {
		d.Int32()
		_ = d.Text()
		d.Int32()
		_ = d.Text()
		d.SkipTags()
	}
	_ = d.Text() // cluster id
	d.Int32()    // a random broker where ZooKeeper's controller once was
	var out []Partition
	for range d.Length() {
		d.Int16()
		topic := d.Text()
		d.Take(16) // topic id
		d.Bool()   // internal
		for range d.Length() {
			d.Int16()
			p := Partition{Topic: topic, Index: int(d.Int32())}
			p.Leader = int(d.Int32())
			d.Int32() // leader's epoch
			p.Replicas, p.ISR = d.Int32s(), d.Int32s()
			d.Int32s() // offline replicas
			d.SkipTags()
			out = append(out, p)
		}
		d.Int32() // authorized operations
		d.SkipTags()
	}
	return out, d.Err
}
