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
	d, err := c.do(apiCluster, encodeMembers())
	if err != nil {
		return nil, err
	}
	return decodeMembers(d)
}

func encodeMembers() []byte {
	const brokers = 1 // the other kind of endpoint is controllers
	var e codec.Encoder
	e.Bool(false) // authorized operations
	e.Int8(brokers)
	e.Bool(true) // fenced ones too
	e.NoTags()
	return e.Data
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
