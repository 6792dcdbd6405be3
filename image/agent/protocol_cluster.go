package main

// member is a broker as DescribeCluster lists it.
type member struct {
	id     int
	host   string // as it advertises it on the listener that was asked
	fenced bool
}

// describeCluster asks a broker for all registered brokers, fenced ones included.
func (c *client) describeCluster() ([]member, error) {
	const brokers = 1 // the other kind of endpoint is controllers
	var e encoder
	e.bool(false) // authorized operations
	e.int8(brokers)
	e.bool(true) // fenced ones too
	e.noTags()
	d, err := c.do(apiCluster, e.data)
	if err != nil {
		return nil, err
	}
	return decodeMembers(d)
}

func decodeMembers(d *decoder) ([]member, error) {
	d.int32() // throttle time
	code, message := d.int16(), d.string()
	d.int8()       // kind of endpoint
	_ = d.string() // cluster id
	d.int32()      // a random broker where ZooKeeper's controller once was
	var out []member
	for range d.length() {
		m := member{id: int(d.int32()), host: d.string()}
		d.int32()      // port
		_ = d.string() // rack
		m.fenced = d.bool()
		d.skipTags()
		out = append(out, m)
	}
	if d.err != nil {
		return nil, d.err
	}
	return out, kafkaError(code, message)
}

// partition is one partition as Metadata shows it.
type partition struct {
	topic         string
	index         int
	leader        int // -1: nobody leads
	replicas, isr []int
}

// partitions asks a broker for all partitions of all topics.
func (c *client) partitions() ([]partition, error) {
	var e encoder
	e.null()      // all topics
	e.bool(false) // create topics
	e.bool(false) // authorized operations
	e.noTags()
	d, err := c.do(apiMetadata, e.data)
	if err != nil {
		return nil, err
	}
	return decodePartitions(d)
}

func decodePartitions(d *decoder) ([]partition, error) {
	d.int32() // throttle time
	for range d.length() {
		d.int32()
		_ = d.string()
		d.int32()
		_ = d.string()
		d.skipTags()
	}
	_ = d.string() // cluster id
	d.int32()      // a random broker where ZooKeeper's controller once was
	var out []partition
	for range d.length() {
		d.int16()
		topic := d.string()
		d.take(16) // topic id
		d.bool()   // internal
		for range d.length() {
			d.int16()
			p := partition{topic: topic, index: int(d.int32())}
			p.leader = int(d.int32())
			d.int32() // leader's epoch
			p.replicas, p.isr = d.int32s(), d.int32s()
			d.int32s() // offline replicas
			d.skipTags()
			out = append(out, p)
		}
		d.int32() // authorized operations
		d.skipTags()
	}
	return out, d.err
}
