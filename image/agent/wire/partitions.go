package wire

import (
	"net"
	"strconv"

	"github.com/kafka-kraft/kafka-kraft/image/agent/codec"
)

// Partition is one partition as Metadata shows it.
type Partition struct {
	Topic         string
	Index         int
	Leader        int // -1: nobody leads
	Replicas, ISR []int
}

// Partitions asks a broker for all partitions of all topics.
func (c *Client) Partitions() ([]Partition, error) {
	d, err := c.do(apiMetadata, encodeMetadata(nil))
	if err != nil {
		return nil, err
	}
	_, partitions, err := decodeMetadata(d)
	return partitions, err
}

// Metadata asks a broker for the partitions of some topics, of which those that are gone are missing, and for the addresses
// of all brokers on the listener that is asked, by node id.
func (c *Client) Metadata(topics []string) (brokers map[int]string, partitions []Partition, err error) {
	d, err := c.do(apiMetadata, encodeMetadata(topics))
	if err != nil {
		return nil, nil, err
	}
	return decodeMetadata(d)
}

// encodeMetadata asks for these topics; nil: for all.
func encodeMetadata(topics []string) []byte {
	var e codec.Encoder
	if topics == nil {
		e.Null()
	} else {
		e.Length(len(topics))
		for _, topic := range topics {
			e.Data = append(e.Data, make([]byte, 16)...) // no topic id: the name counts
			e.Text(topic)
			e.NoTags()
		}
	}
	e.Bool(false) // create topics
	e.Bool(false) // authorized operations
	e.NoTags()
	return e.Data
}

func decodeMetadata(d *codec.Decoder) (map[int]string, []Partition, error) {
	d.Int32() // throttle time
	brokers := map[int]string{}
	for range d.Length() {
		id, host, port := int(d.Int32()), d.Text(), int(d.Int32())
		brokers[id] = net.JoinHostPort(host, strconv.Itoa(port))
		_ = d.Text() // rack
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
	return brokers, out, d.Err
}
