package wire

import "github.com/kafka-kraft/kafka-kraft/image/agent/codec"

// Member is a broker as DescribeCluster lists it.
type Member struct {
	ID     int
	Host   string // as it advertises it on the listener that was asked
	Fenced bool
}

// DescribeCluster asks a broker for all registered brokers, fenced ones included.
func (c *Client) DescribeCluster() ([]Member, error) {
	const brokers = 1 // the other kind of endpoint is controllers
	var e codec.Encoder
	e.Bool(false) // authorized operations
	e.Int8(brokers)
	e.Bool(true) // fenced ones too
	e.NoTags()
	d, err := c.do(apiCluster, e.Data)
	if err != nil {
		return nil, err
	}
	return decodeMembers(d)
}

func decodeMembers(d *codec.Decoder) ([]Member, error) {
	d.Int32() // throttle time
	code, message := d.Int16(), d.Text()
	d.Int8()     // kind of endpoint
	_ = d.Text() // cluster id
	d.Int32()    // a random broker where ZooKeeper's controller once was
	var out []Member
	for range d.Length() {
		m := Member{ID: int(d.Int32()), Host: d.Text()}
		d.Int32()    // port
		_ = d.Text() // rack
		m.Fenced = d.Bool()
		d.SkipTags()
		out = append(out, m)
	}
	if d.Err != nil {
		return nil, d.Err
	}
	return out, kafkaError(code, message)
}

// Partition is one partition as Metadata shows it.
type Partition struct {
	Topic         string
	Index         int
	Leader        int // -1: nobody leads
	Replicas, ISR []int
}

// Partitions asks a broker for all partitions of all topics.
func (c *Client) Partitions() ([]Partition, error) {
	var e codec.Encoder
	e.Null()      // all topics
	e.Bool(false) // create topics
	e.Bool(false) // authorized operations
	e.NoTags()
	d, err := c.do(apiMetadata, e.Data)
	if err != nil {
		return nil, err
	}
	return decodePartitions(d)
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
